import { damaged } from './archive-error.ts';

/** Records of a PAX header, keys and values one char per byte; of a key given twice the last counts. */
export type PaxRecords = ReadonlyMap<string, string>;

const LENGTH = /^\+?[0-9]{1,10}$/;
/** `5 =\n` with a key of one byte is the shortest record there is. */
const SHORTEST = 5;
const NAMES = new Set(['path', 'linkpath', 'uname', 'gname']);

/** Parses `length key=value\n` records; POSIX pax(1), "pax Header Block". Throws ARCHIVE. */
export function parsePaxRecords(bytes: Buffer): PaxRecords {
  const text = bytes.toString('latin1');
  const records = new Map<string, string>();
  for (let at = 0; at < text.length;) {
    const end = recordEnd(text, at);
    const [key, value] = splitRecord(text.slice(text.indexOf(' ', at) + 1, end - 1));
    records.set(key, value);
    at = end;
  }
  return records;
}

function recordEnd(text: string, at: number): number {
  const space = text.indexOf(' ', at);
  const digits = space < 0 ? '' : text.slice(at, space);
  const length = LENGTH.test(digits) ? Number(digits) : 0;
  const end = at + length;
  if (length < SHORTEST || end > text.length || end - 1 <= space || text[end - 1] !== '\n')
    throw damaged('a PAX record has a wrong length');
  return end;
}

function splitRecord(record: string): [string, string] {
  const equals = record.indexOf('=');
  if (equals <= 0) throw damaged('a PAX record has no key');
  const [key, value] = [record.slice(0, equals), record.slice(equals + 1)];
  if (!isRecord(key, value)) throw damaged('a PAX record holds a NUL byte where none may be');
  return [key, value];
}

/** True where a reader will take this record: names hold no NUL, other values may. */
export function isRecord(key: string, value: string): boolean {
  if (key === '' || key.includes('=')) return false;
  return !(NAMES.has(key) ? value : key).includes('\0');
}

/** One record with its own length in front, one char per byte. */
export function formatPaxRecord(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  let length = rest.length + String(rest.length).length;
  // Counting the digits can add a digit.
  if (String(length).length + rest.length !== length) length += 1;
  return `${String(length)}${rest}`;
}
