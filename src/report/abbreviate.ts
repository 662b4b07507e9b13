import { plain } from './render-error.ts';

/** Text from outside as a part of a line: plain, white space as single spaces, at most `length` characters. */
export function abbreviate(text: string, length: number): string {
  const line = plain(text).replace(/\s+/g, ' ').trim();
  return line.length <= length ? line : `${line.slice(0, length - 1)}…`;
}
