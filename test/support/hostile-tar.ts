import { fromText } from '../../src/bytes/index.ts';
import { type TarHandler, TarParser } from '../../src/tar/index.ts';

const BLOCK = 512;

/** One header exactly as given, whether it makes sense or not. Names are bytes in latin1. */
export interface RawEntry {
  readonly name: string;
  /** The type flag of the header. */
  readonly flag: string;
  readonly link?: string;
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  readonly mtime?: number;
  readonly data?: string;
  /** PAX records that precede the header; they win over its fields. */
  readonly pax?: Readonly<Record<string, string>>;
  /** Stands in the size field in place of the data's length. */
  readonly claimedSize?: number;
  readonly major?: number;
  readonly minor?: number;
  readonly prefix?: string;
}

type More = Partial<Omit<RawEntry, 'name' | 'flag'>>;

export const dir = (name: string, more: More = {}): RawEntry => ({ name, flag: '5', mode: 0o755, ...more });
export const file = (name: string, data = '', more: More = {}): RawEntry => ({
  name,
  flag: '0',
  data,
  ...more,
});
export const symlink = (name: string, link: string, more: More = {}): RawEntry => ({
  name,
  flag: '2',
  link,
  mode: 0o777,
  ...more,
});
export const hardlink = (name: string, link: string, more: More = {}): RawEntry => ({
  name,
  flag: '1',
  link,
  ...more,
});
export const fifo = (name: string, more: More = {}): RawEntry => ({ name, flag: '6', ...more });
export const charDevice = (name: string, major: number, minor: number): RawEntry => ({
  name,
  flag: '3',
  major,
  minor,
});

/** The archive of these entries with its end marker. Names and link targets that do not fit go into PAX records. */
export function rawTar(entries: readonly RawEntry[]): Buffer {
  return Buffer.concat([...entries.flatMap(blocksOf), Buffer.alloc(2 * BLOCK)]);
}

/** Feeds an archive to a handler in pieces that never end at a header's border. */
export function parseRaw(archive: Buffer, handler: TarHandler): void {
  const parser = new TarParser(handler);
  for (let at = 0; at < archive.length; at += 1000) parser.write(archive.subarray(at, at + 1000));
  parser.finish();
}

function blocksOf(entry: RawEntry): Buffer[] {
  const pax: Record<string, string> = { ...entry.pax };
  if (entry.name.length > 100) pax['path'] ??= entry.name;
  if ((entry.link ?? '').length > 100) pax['linkpath'] ??= entry.link ?? '';
  const data = Buffer.from(entry.data ?? '', 'latin1');
  const own = [rawHeader(entry, entry.claimedSize ?? data.length), padded(data)];
  const records = Object.entries(pax).map(([key, value]) => paxRecord(key, value));
  if (records.length === 0) return own;
  const body = Buffer.from(records.join(''), 'latin1');
  return [rawHeader({ name: 'pax', flag: 'x' }, body.length), padded(body), ...own];
}

/** One header block with a right checksum. */
export function rawHeader(entry: RawEntry, size: number): Buffer {
  const block = Buffer.alloc(BLOCK);
  block.write(entry.name.slice(0, 100), 0, 'latin1');
  octal(block, entry.mode ?? 0o644, 100, 8);
  octal(block, entry.uid ?? 0, 108, 8);
  octal(block, entry.gid ?? 0, 116, 8);
  octal(block, size, 124, 12);
  octal(block, entry.mtime ?? 1_000_000_000, 136, 12);
  block.fill(' ', 148, 156);
  block.write(entry.flag, 156, 'latin1');
  block.write((entry.link ?? '').slice(0, 100), 157, 'latin1');
  block.write('ustar\x0000', 257, 'latin1');
  octal(block, entry.major ?? 0, 329, 8);
  octal(block, entry.minor ?? 0, 337, 8);
  block.write(entry.prefix ?? '', 345, 'latin1');
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}

function octal(block: Buffer, value: number, at: number, width: number): void {
  block.write(value.toString(8).padStart(width - 1, '0'), at, 'latin1');
}

function padded(data: Buffer): Buffer {
  return Buffer.concat([data, Buffer.alloc((BLOCK - (data.length % BLOCK)) % BLOCK)]);
}

function paxRecord(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  let length = rest.length;
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
  return `${length}${rest}`;
}

/** Text as the bytes of a name. */
export const utf8 = (text: string): string => fromText(text);
