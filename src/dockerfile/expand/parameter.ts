import { semanticsError } from '../source-location.ts';
import { parseShellPattern, replacePattern, trimPrefix, trimSuffix } from './shell-pattern.ts';

const MODIFIERS = ['+', '-', '?', '#', '%'] as const;

export type Modifier = (typeof MODIFIERS)[number];

/** Whether the character after the name in `${name…}` is one of the modifiers that take a word. */
export function isModifier(character: string): character is Modifier {
  return (MODIFIERS as readonly string[]).includes(character);
}

/**
 * The value of `${name<modifier>word}`; with `colon`, an empty variable counts as unset for `-`, `+`
 * and `?`. A doubled `#` or `%` arrives as the first character of the word. Throws DOCKERFILE_SEMANTICS
 * where `?` refuses and for a malformed pattern.
 */
export function applyModifier(
  name: string,
  value: string | undefined,
  modifier: Modifier,
  colon: boolean,
  word: string,
): string {
  const present = value !== undefined && !(colon && value === '');
  switch (modifier) {
    case '-':
      return present ? value : word;
    case '+':
      return present ? word : '';
    case '?':
      if (present) return value;
      throw semanticsError(
        `${name}: ${word || `is not allowed to be ${value === undefined ? 'unset' : 'empty'}`}`,
        `set ${name}, for example with a build argument`,
      );
    case '#':
    case '%':
      return trimmed(value ?? '', modifier, word);
  }
}

function trimmed(value: string, modifier: '#' | '%', word: string): string {
  const longest = word.startsWith(modifier);
  const pattern = parseShellPattern(longest ? word.slice(1) : word);
  return modifier === '#' ? trimPrefix(value, pattern, longest) : trimSuffix(value, pattern, longest);
}

/** The value of `${v/pattern/replacement}`, or of `${v//…}` with `all`. */
export function substitutePattern(value: string, pattern: string, replacement: string, all: boolean): string {
  return replacePattern(value, parseShellPattern(pattern), replacement, all);
}
