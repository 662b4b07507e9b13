import { BuildError } from '../errors/index.ts';
import { cleanPath } from './clean-path.ts';
import { goMatch } from './go-match.ts';
import type { IgnoreLine } from './ignore-file.ts';
import { compilePattern, type Pattern } from './pattern.ts';

/** What a directory's match says for its children; opaque to callers. */
export interface MatchState {
  readonly matched: boolean;
  readonly byPattern: readonly boolean[];
}

/** A list of patterns where the last one that matters wins, as moby's patternmatcher reads it. */
export interface Matcher {
  /** True where there is a `!` pattern. */
  readonly hasExclusions: boolean;
  /** Whether the path (relative, slashes, text) or one of its parents matches and is not taken back in. */
  matches(path: string): boolean;
  /** The same while walking down: `parent` is what this method returned for the directory the path is in. */
  matchBelow(path: string, parent: MatchState | undefined): MatchState;
  /** Whether something below a matched directory might be taken back in: false lets a walk skip the directory. */
  mayReinclude(directory: string): boolean;
  /** Whether something below a directory that does not match might match: false lets a walk skip the directory. */
  mayMatchBelow(directory: string): boolean;
}

/**
 * A matcher of patterns given in order. Strings are cleaned like `--exclude` values, lines come from parseIgnoreFile.
 * Throws CONTEXT for a malformed pattern, naming it and its line.
 */
export function createMatcher(patterns: readonly (string | IgnoreLine)[], file = ''): Matcher {
  const compiled = patterns
    .map((pattern) => toPattern(typeof pattern === 'string' ? { pattern } : pattern, file))
    .filter((pattern) => pattern !== undefined);
  return new PatternList(compiled);
}

function toPattern(
  line: Partial<IgnoreLine> & { readonly pattern: string },
  file: string,
): Pattern | undefined {
  const trimmed = line.pattern.trim();
  if (trimmed === '') return undefined;
  const cleaned = cleanPath(trimmed);
  const exclusion = cleaned.startsWith('!');
  const text = exclusion ? cleaned.slice(1) : cleaned;
  // Go asks filepath.Match for the sake of its syntax check only, with "." for a name.
  const valid = text !== '' && goMatch(text, '.') !== undefined;
  const matches = valid ? compilePattern(text) : undefined;
  if (matches === undefined) throw malformed(line.pattern, line.line, file);
  return { exclusion, text, matches };
}

function malformed(pattern: string, line: number | undefined, file: string): BuildError {
  const place = line === undefined ? '' : ` in line ${line}${file === '' ? '' : ` of ${file}`}`;
  return new BuildError('CONTEXT', `malformed pattern ${JSON.stringify(pattern)}${place}`, {
    hint: 'write \\[ or \\\\ where a bracket or a backslash is part of the name',
  });
}

class PatternList implements Matcher {
  readonly hasExclusions: boolean;
  readonly #patterns: readonly Pattern[];

  constructor(patterns: readonly Pattern[]) {
    this.#patterns = patterns;
    this.hasExclusions = patterns.some((pattern) => pattern.exclusion);
  }

  matches(path: string): boolean {
    const candidates = withParents(path);
    let matched = false;
    for (const pattern of this.#patterns) {
      // A pattern that could not change the outcome is not asked.
      if (pattern.exclusion !== matched) continue;
      if (candidates.some((candidate) => pattern.matches(candidate))) matched = !pattern.exclusion;
    }
    return matched;
  }

  matchBelow(path: string, parent: MatchState | undefined): MatchState {
    const candidates = parent === undefined ? withParents(path) : [path];
    let matched = false;
    const byPattern = this.#patterns.map((pattern, index) => {
      let hit = parent?.byPattern[index] ?? false;
      if (!hit) {
        if (pattern.exclusion !== matched) return false;
        hit = candidates.some((candidate) => pattern.matches(candidate));
      }
      if (hit) matched = !pattern.exclusion;
      return hit;
    });
    return { matched, byPattern };
  }

  mayReinclude(directory: string): boolean {
    const parts = directory.split('/');
    return this.#patterns.some((pattern) => pattern.exclusion && mayMatchBelow(pattern.text, parts));
  }

  mayMatchBelow(directory: string): boolean {
    const parts = directory.split('/');
    return this.#patterns.some((pattern) => !pattern.exclusion && mayMatchBelow(pattern.text, parts));
  }
}

/** The path and the directories above it. */
function withParents(path: string): string[] {
  const parts = path.split('/');
  return parts.map((_, index) => parts.slice(0, parts.length - index).join('/'));
}

/** Errs to the side of yes: brackets and escapes are not looked into. */
function mayMatchBelow(pattern: string, directory: readonly string[]): boolean {
  const parts = pattern.split('/');
  for (const [index, name] of directory.entries()) {
    const part = parts[index];
    if (part === undefined || part.includes('**') || /[[\\]/.test(pattern)) return true;
    if (part !== name && !(/[*?]/.test(part) && goMatch(part, name) === true)) return false;
  }
  return true;
}
