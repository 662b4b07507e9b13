import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMatcher, parseIgnoreFile, type MatchState } from '../../src/context/index.ts';
import { settings } from './settings.ts';

const segment = fc.constantFrom('a', 'b', 'ab', 'a.b', '.a', '*', '?', 'a*', '*b', '*.*', '[ab]', '**', '**');
const pattern = fc
  .tuple(
    fc.constantFrom('', '', '', '!', '! '),
    fc.constantFrom('', '', '/', './'),
    fc.array(segment, { minLength: 1, maxLength: 4 }),
    fc.constantFrom('', '', '/', ' '),
  )
  .map(([mark, start, segments, end]) => mark + start + segments.join('/') + end);
const ignoreFile = fc.array(fc.oneof({ weight: 8, arbitrary: pattern }, fc.constantFrom('', '# a', '  ')), {
  maxLength: 5,
});
const path = fc.array(fc.constantFrom('a', 'b', 'ab', 'a.b', '.a', 'c'), { minLength: 1, maxLength: 4 });

describe('.dockerignore', () => {
  it('hides what the plain reading of its rules hides', () => {
    fc.assert(
      fc.property(ignoreFile, path, (lines, names) => {
        const matcher = createMatcher(parseIgnoreFile(lines.join('\n')));
        expect(matcher.matches(names.join('/'))).toBe(isHidden(names, rulesOf(lines)));
      }),
      settings(5000),
    );
  });

  it('hides on the way down what moby hides', () => {
    fc.assert(
      fc.property(ignoreFile, path, (lines, names) => {
        const matcher = createMatcher(parseIgnoreFile(lines.join('\n')));
        let state: MatchState | undefined;
        for (const prefix of prefixesOf(names)) state = matcher.matchBelow(prefix.join('/'), state);
        expect(state?.matched).toBe(isHiddenBelow(names, rulesOf(lines)));
      }),
      settings(5000),
    );
  });

  it('says of no directory that nothing in it comes back where something does', () => {
    fc.assert(
      fc.property(ignoreFile, path, path, (lines, directory, below) => {
        const matcher = createMatcher(parseIgnoreFile(lines.join('\n')));
        const rules = rulesOf(lines);
        fc.pre(isHiddenBelow(directory, rules) && !isHiddenBelow([...directory, ...below], rules));
        expect(matcher.mayReinclude(directory.join('/'))).toBe(true);
      }),
      { ...settings(100), maxSkipsPerRun: 1000 },
    );
  });
});

interface Rule {
  readonly takesBack: boolean;
  readonly segments: readonly string[];
}

function rulesOf(lines: readonly string[]): Rule[] {
  return lines
    .filter((line) => !line.startsWith('#'))
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((text) => ({
      takesBack: text.startsWith('!'),
      segments: text
        .replace(/^!/, '')
        .trim()
        .split('/')
        .filter((part) => part !== '' && part !== '.'),
    }));
}

function prefixesOf(names: readonly string[]): string[][] {
  return names.map((_, index) => names.slice(0, index + 1));
}

/** The last rule that matches the path or a directory above it decides. */
function isHidden(names: readonly string[], rules: readonly Rule[]): boolean {
  const last = rules.findLast(({ segments }) =>
    prefixesOf(names).some((prefix) => matchesAll(segments, prefix)),
  );
  return last?.takesBack === false;
}

/** The same, but a rule that could change nothing for a directory is forgotten for what lies below it. */
function isHiddenBelow(names: readonly string[], rules: readonly Rule[]): boolean {
  let [hidden, hits]: [boolean, readonly boolean[]] = [false, []];
  for (const prefix of prefixesOf(names)) {
    hidden = false;
    const above = hits;
    hits = rules.map(({ takesBack, segments }, index) => {
      const hit = above[index] === true || (takesBack === hidden && matchesAll(segments, prefix));
      if (hit) hidden = !takesBack;
      return hit;
    });
  }
  return hidden;
}

/** Segment by segment: `**` stands for any number of names, at least one where nothing follows it. */
function matchesAll([first, ...rest]: readonly string[], names: readonly string[]): boolean {
  if (first === undefined) return names.length === 0;
  if (first === '**') {
    if (rest.every((segment_) => segment_ === '**')) return names.length > 0;
    return names.some((_, index) => matchesAll(rest, names.slice(index))) || matchesAll(rest, []);
  }
  const [name, ...others] = names;
  return name !== undefined && matchesOne([...first], [...name]) && matchesAll(rest, others);
}

/** `*`, `?` and `[ab]` within a name. */
function matchesOne(pattern_: readonly string[], name: readonly string[]): boolean {
  const [first, ...rest] = pattern_;
  if (first === undefined) return name.length === 0;
  if (first === '*')
    return matchesOne(rest, name) || (name.length > 0 && matchesOne(pattern_, name.slice(1)));
  if (first === '[') {
    const end = rest.indexOf(']');
    return rest.slice(0, end).includes(name[0] ?? '') && matchesOne(rest.slice(end + 1), name.slice(1));
  }
  return name.length > 0 && (first === '?' || first === name[0]) && matchesOne(rest, name.slice(1));
}
