/** Unicode's White_Space property, which is what separates words and is trimmed (Go's unicode.IsSpace). */
const SPACE = '\\t\\n\\v\\f\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';
const LEADING = new RegExp(`^[${SPACE}]+`);
const ONE = new RegExp(`^[${SPACE}]$`);
/** Only these separate the arguments of an instruction split without quotes. */
const SEPARATORS = /[\t\v\f\r ]+/;

/** Whether the one character is white space. */
export function isSpace(character: string): boolean {
  return ONE.test(character);
}

/** The text without leading white space. */
export function trimLeft(text: string): string {
  return text.replace(LEADING, '');
}

/** The text without leading and trailing white space. */
export function trim(text: string): string {
  const start = trimLeft(text);
  let end = start.length;
  // A regular expression would look at every run of blanks once for each of its characters.
  while (end > 0 && isSpace(start.charAt(end - 1))) end--;
  return start.slice(0, end);
}

/** The parts between runs of blanks; quotes mean nothing. The empty list for the empty text. */
export function splitOnBlanks(text: string): string[] {
  return text === '' ? [] : text.split(SEPARATORS);
}

/** The text before the first run of blanks and the text after it; undefined second where there is none. */
export function cutAtBlank(text: string): readonly [string, string | undefined] {
  const match = SEPARATORS.exec(text);
  if (match === null) return [text, undefined];
  return [text.slice(0, match.index), text.slice(match.index + match[0].length)];
}

/** The text in double quotes with escapes, as messages show values. */
export function quote(text: string): string {
  return JSON.stringify(text);
}

/** The text before its first white space of any kind and the trimmed text after it. */
export function cutAtSpace(text: string): readonly [string, string] {
  let end = 0;
  while (end < text.length && !isSpace(text.charAt(end))) end++;
  return [text.slice(0, end), trim(text.slice(end))];
}
