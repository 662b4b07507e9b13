import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createMatcher, type MatchState, parseIgnoreFile } from '../../../src/context/index.ts';

/**
 * Made with moby/patternmatcher v0.6.0 (Go): for every ignore file the paths that MatchesOrParentMatches matches, and
 * `walked`, what MatchesUsingParentResults matches from directory to directory where that is something else.
 */
interface Vectors {
  readonly paths: readonly string[];
  readonly vectors: readonly {
    readonly file: string;
    readonly patterns: readonly string[];
    readonly error?: boolean;
    readonly matched?: readonly string[];
    readonly walked?: readonly string[];
  }[];
}
const { paths, vectors } = JSON.parse(
  readFileSync(new URL('../../fixtures/patternmatcher.json', import.meta.url), 'utf8'),
) as Vectors;
const wellFormed = vectors.filter((vector) => vector.error !== true);

function walkDown(text: string, path: string): boolean {
  const matcher = createMatcher(parseIgnoreFile(text));
  const parts = path.split('/');
  let state: MatchState | undefined;
  for (const index of parts.keys()) state = matcher.matchBelow(parts.slice(0, index + 1).join('/'), state);
  return state?.matched ?? false;
}

describe('createMatcher', () => {
  it.each(wellFormed.map((vector) => [vector.file, vector] as const))(
    'agrees with moby on %j',
    (_, vector) => {
      const matcher = createMatcher(parseIgnoreFile(vector.file));
      expect(paths.filter((path) => matcher.matches(path))).toEqual(vector.matched ?? []);
    },
  );

  it('agrees with moby when it walks down from directory to directory', () => {
    for (const vector of wellFormed)
      expect(
        paths.filter((path) => walkDown(vector.file, path)),
        vector.file,
      ).toEqual(vector.walked ?? vector.matched ?? []);
  });

  it.each(vectors.filter((vector) => vector.error === true).map((vector) => [vector.file]))(
    'refuses the malformed %j as moby does',
    (file) => {
      expect(() => createMatcher(parseIgnoreFile(file))).toThrow(/malformed pattern/);
    },
  );

  it('names the line of a malformed pattern', () => {
    expect(() => createMatcher(parseIgnoreFile('# first\n\nok\n[a\n'), '.dockerignore')).toThrow(
      'malformed pattern "[a" in line 4 of .dockerignore',
    );
  });

  it('never says that nothing can be taken back in below a directory where something is', () => {
    for (const vector of wellFormed) {
      const matcher = createMatcher(parseIgnoreFile(vector.file));
      for (const path of paths.filter((candidate) => !matcher.matches(candidate))) {
        const parent = path.slice(0, path.lastIndexOf('/'));
        if (!path.includes('/') || !matcher.matches(parent)) continue;
        expect(matcher.mayReinclude(parent), `${vector.file}: ${path}`).toBe(true);
      }
    }
  });

  it('lets a walk skip directories no pattern can reach', () => {
    const matcher = createMatcher(['*', '!src/**/*.js', '!docs/a.md']);
    expect(matcher.mayReinclude('node_modules')).toBe(false);
    expect(matcher.mayReinclude('src/deep/er')).toBe(true);
    expect(matcher.mayReinclude('docs')).toBe(true);
    expect(createMatcher(['a/*/c']).mayMatchBelow('a/b')).toBe(true);
    expect(createMatcher(['a/*/c']).mayMatchBelow('b')).toBe(false);
  });
});
