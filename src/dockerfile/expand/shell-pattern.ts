import { semanticsError } from '../source-location.ts';

type Token = { readonly kind: 'star' | 'any' } | { readonly kind: 'literal'; readonly character: string };

/** A shell pattern of `*`, `?` and literals (no bracket expressions), ready to match. */
export type ShellPattern = readonly Token[];

/**
 * The pattern of `${v#pattern}` and its kin. `\*`, `\?` and `\\` are literal; `\}` and `\/` stand for
 * the character, which the backslash hid from the `${}` around. Throws DOCKERFILE_SEMANTICS for any
 * other escape.
 */
export function parseShellPattern(text: string): ShellPattern {
  const characters = [...text];
  const tokens: Token[] = [];
  for (let i = 0; i < characters.length; i++) {
    const character = characters[i] ?? '';
    if (character === '*') tokens.push({ kind: 'star' });
    else if (character === '?') tokens.push({ kind: 'any' });
    else if (character === '\\') tokens.push({ kind: 'literal', character: escaped(text, characters[++i]) });
    else tokens.push({ kind: 'literal', character });
  }
  return tokens;
}

function escaped(pattern: string, character: string | undefined): string {
  if (character !== undefined && '*?\\}/'.includes(character)) return character;
  throw semanticsError(
    `invalid pattern (${pattern}) in substitution: invalid escape '\\${character ?? ''}'`,
    'only \\*, \\?, \\\\, \\} and \\/ are escapes in a pattern',
  );
}

/** The value without its shortest or longest beginning that matches; unchanged where none does. */
export function trimPrefix(value: string, pattern: ShellPattern, longest: boolean): string {
  const characters = [...value];
  const end = matchEnd(characters, 0, pattern, longest);
  return end === undefined ? value : characters.slice(end).join('');
}

/** The value without its shortest or longest end that matches; unchanged where none does. */
export function trimSuffix(value: string, pattern: ShellPattern, longest: boolean): string {
  const characters = [...value].reverse();
  const end = matchEnd(characters, 0, pattern.toReversed(), longest);
  return end === undefined ? value : characters.slice(end).reverse().join('');
}

/**
 * The value with the first match, or every one, replaced; each match starts leftmost and is longest.
 * The replacement is taken literally.
 */
export function replacePattern(
  value: string,
  pattern: ShellPattern,
  replacement: string,
  all: boolean,
): string {
  const characters = [...value];
  let result = '';
  let position = 0;
  let lastEnd = -1;
  while (position <= characters.length) {
    const end = matchEnd(characters, position, pattern, true);
    // An empty match right after another match is no match of its own.
    if (end !== undefined && !(end === position && position === lastEnd)) {
      result += replacement;
      lastEnd = end;
      if (!all) return result + characters.slice(end).join('');
      if (end > position) {
        position = end;
        continue;
      }
    }
    result += characters[position++] ?? '';
  }
  return result;
}

/**
 * Index after the shortest or longest match that starts at `start`. Walks all ways at once, so a
 * pattern with many stars costs value × pattern and no more. Wildcards stop at a newline.
 */
function matchEnd(
  value: readonly string[],
  start: number,
  pattern: ShellPattern,
  longest: boolean,
): number | undefined {
  let states = closure(new Set([0]), pattern);
  let found: number | undefined;
  for (let position = start; ; position++) {
    if (states.has(pattern.length)) {
      found = position;
      if (!longest) return found;
    }
    const character = value[position];
    if (character === undefined || states.size === 0) return found;
    states = closure(step(states, pattern, character), pattern);
  }
}

function step(states: ReadonlySet<number>, pattern: ShellPattern, character: string): Set<number> {
  const next = new Set<number>();
  for (const state of states) {
    const token = pattern[state];
    if (token === undefined) continue;
    if (token.kind === 'literal') {
      if (token.character === character) next.add(state + 1);
    } else if (character !== '\n') {
      next.add(token.kind === 'star' ? state : state + 1);
    }
  }
  return next;
}

/** Adds the states reachable by letting stars match nothing. */
function closure(states: Set<number>, pattern: ShellPattern): Set<number> {
  for (const state of states) if (pattern[state]?.kind === 'star') states.add(state + 1);
  return states;
}
