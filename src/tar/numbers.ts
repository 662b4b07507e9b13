import { damaged } from './archive-error.ts';
import type { Field } from './format.ts';

const INT64_MIN = -(1n << 63n);
const INT64_MAX = (1n << 63n) - 1n;
const OCTAL = /^[0-7]+$/;
const DECIMAL = /^[+-]?[0-9]+$/;
const PAX_TIME = /^([+-]?[0-9]+)(?:\.([0-9]*))?$/;
const SECOND = 1_000_000_000n;

/** A NUL-terminated string field as a string of one char per byte. */
export function stringField(block: Buffer, { at, length }: Field): string {
  const text = block.toString('latin1', at, at + length);
  const end = text.indexOf('\0');
  return end < 0 ? text : text.slice(0, end);
}

/** A number field: octal text, or GNU's base 256 where the first bit is set. May be negative. Throws ARCHIVE. */
export function numberField(block: Buffer, field: Field): bigint {
  return ((block[field.at] ?? 0) & 0x80) === 0 ? BigInt(octalField(block, field)) : base256(block, field);
}

/** An octal field, padded by spaces and NULs on either side; 0 where it is empty. Throws ARCHIVE. */
export function octalField(block: Buffer, { at, length }: Field): number {
  const text = trimPadding(block.toString('latin1', at, at + length));
  if (text === '') return 0;
  if (!OCTAL.test(text)) throw damaged('a number in a header is not octal');
  return parseInt(text, 8);
}

/** Go's order: padding is trimmed on both sides first, and what is left ends at the first NUL. */
function trimPadding(text: string): string {
  const isPadding = (at: number) => text[at] === ' ' || text[at] === '\0';
  let [start, end] = [0, text.length];
  while (start < end && isPadding(start)) start++;
  while (end > start && isPadding(end - 1)) end--;
  const nul = text.indexOf('\0', start);
  return text.slice(start, nul >= 0 && nul < end ? nul : end);
}

/** Two's complement, big-endian; the first bit only tells that the number is binary. */
function base256(block: Buffer, { at, length }: Field): bigint {
  const bits = length * 8 - 1;
  let value = BigInt((block[at] ?? 0) & 0x7f);
  for (let i = 1; i < length; i++) value = (value << 8n) | BigInt(block[at + i] ?? 0);
  return inInt64(BigInt.asIntN(bits, value));
}

function inInt64(value: bigint): bigint {
  if (value < INT64_MIN || value > INT64_MAX) throw damaged('a number in a header overflows 64 bits');
  return value;
}

/** A decimal number of a PAX record. Throws ARCHIVE. */
export function paxInteger(key: string, text: string): bigint {
  if (!DECIMAL.test(text)) throw damaged(`PAX record ${JSON.stringify(key)} is not a number`);
  return inInt64(BigInt(text.startsWith('+') ? text.slice(1) : text));
}

/** A time of a PAX record in nanoseconds; digits past the ninth are dropped. Throws ARCHIVE. */
export function paxTime(key: string, text: string): bigint {
  const match = PAX_TIME.exec(text);
  if (match === null) throw damaged(`PAX record ${JSON.stringify(key)} is not a time`);
  const [, seconds = '', fraction = ''] = match;
  const nanoseconds = BigInt(fraction.slice(0, 9).padEnd(9, '0'));
  return paxInteger(key, seconds) * SECOND + (seconds.startsWith('-') ? -nanoseconds : nanoseconds);
}

/** Nanoseconds as a PAX time, the fraction only where there is one. */
export function formatPaxTime(ns: bigint): string {
  const size = ns < 0n ? -ns : ns;
  const sign = ns < 0n ? '-' : '';
  const fraction = (size % SECOND).toString().padStart(9, '0').replace(/0+$/, '');
  return `${sign}${String(size / SECOND)}${fraction === '' ? '' : `.${fraction}`}`;
}

/** True where a number fits an octal field of this length and leaves room for its NUL. */
export function fitsOctal(value: bigint, { length }: Field): boolean {
  return value >= 0n && value < 1n << BigInt((length - 1) * 3);
}

/** Whole seconds of a time, rounded towards the past. */
export function secondsOf(ns: bigint): bigint {
  const seconds = ns / SECOND;
  return ns < 0n && seconds * SECOND !== ns ? seconds - 1n : seconds;
}
