import { posix } from 'node:path';
import type { BytePath } from '../bytes/index.ts';
import { notStorable } from './archive-error.ts';
import type { EntryType, TarEntry } from './entry.ts';
import { FIELDS, paddingOf } from './format.ts';
import { encodeBlock, type BlockValues } from './encode-block.ts';
import { DEFAULT_TAR_LIMITS } from './limits.ts';
import { fitsOctal, formatPaxTime, secondsOf } from './numbers.ts';
import { formatPaxRecord, isRecord } from './pax-records.ts';
import { splitName } from './split-name.ts';
import { xattrRecords } from './xattr-records.ts';

const TYPEFLAGS: Readonly<Record<EntryType, string>> = {
  file: '0',
  hardlink: '1',
  symlink: '2',
  char: '3',
  block: '4',
  directory: '5',
  fifo: '6',
};
const PAX_TYPEFLAG = 'x';
const SECOND = 1_000_000_000n;
const ASCII = /^[\x01-\x7f]*$/;

/**
 * The header of an entry: one ustar block where everything fits, else a PAX header before it. The same bytes as Go's
 * archive/tar writes for the same values, so that layers look as BuildKit's do. Throws ARCHIVE for what no header holds.
 */
export function encodeHeader(entry: TarEntry): Uint8Array {
  checkEntry(entry);
  const name = entry.type === 'directory' ? `${entry.path}/` : entry.path;
  const records = paxRecords(entry, name);
  const split = splitName(name);
  if (records.size === 0) return encodeBlock(blockValues(entry, name, ''));
  if (isOnlyLongPath(records) && split !== undefined)
    return encodeBlock(blockValues(entry, split.name, split.prefix));
  return Buffer.concat([encodePaxHeader(name, records), encodeBlock(blockValues(entry, name, ''))]);
}

function checkEntry(entry: TarEntry): void {
  const { path, type, linkname, size, mode } = entry;
  const isLink = type === 'symlink' || type === 'hardlink';
  const wrong = (reason: string) => notStorable(`${reason} (${JSON.stringify(path)})`);
  if (path === '' || path.includes('\0') || linkname.includes('\0'))
    throw wrong('a name is empty or holds a NUL');
  if (type !== 'directory' && path.endsWith('/')) throw wrong('a name ends in a slash');
  if (isLink !== (linkname !== '')) throw wrong('a link has no target, or something else has one');
  if (!Number.isSafeInteger(size) || size < 0 || (type !== 'file' && size !== 0))
    throw wrong('impossible size');
  if (!Number.isInteger(mode) || mode < 0 || mode > 0o7777) throw wrong('impossible mode');
  for (const key of ['uid', 'gid', 'devMajor', 'devMinor'] as const)
    if (!Number.isSafeInteger(entry[key]) || entry[key] < 0) throw wrong(`impossible ${key}`);
  if (
    !fitsOctal(BigInt(entry.devMajor), FIELDS.devMajor) ||
    !fitsOctal(BigInt(entry.devMinor), FIELDS.devMinor)
  )
    throw wrong('a device number is too large');
}

/** The records of everything that the block cannot hold exactly. */
function paxRecords(entry: TarEntry, name: string): Map<string, string> {
  const records = xattrRecords(entry.xattrs);
  if (!fitsText(name, FIELDS.name.length)) records.set('path', name);
  if (!fitsText(entry.linkname, FIELDS.linkname.length)) records.set('linkpath', entry.linkname);
  for (const key of ['uid', 'gid', 'size'] as const)
    if (!fitsOctal(BigInt(entry[key]), FIELDS[key])) records.set(key, String(entry[key]));
  if (entry.mtimeNs % SECOND !== 0n || !fitsOctal(secondsOf(entry.mtimeNs), FIELDS.mtime))
    records.set('mtime', formatPaxTime(entry.mtimeNs));
  return records;
}

function fitsText(text: string, bytes: number): boolean {
  return text.length <= bytes && ASCII.test(text);
}

function isOnlyLongPath(records: ReadonlyMap<string, string>): boolean {
  return records.size === 1 && records.has('path');
}

function blockValues(entry: TarEntry, name: string, prefix: string): BlockValues {
  return {
    name,
    prefix,
    typeflag: TYPEFLAGS[entry.type],
    linkname: entry.linkname,
    mode: entry.mode,
    uid: entry.uid,
    gid: entry.gid,
    size: entry.size,
    mtime: Number(secondsOf(entry.mtimeNs)),
    devMajor: entry.devMajor,
    devMinor: entry.devMinor,
  };
}

function encodePaxHeader(name: string, records: ReadonlyMap<string, string>): Buffer {
  const content = Buffer.from(paxContent(records), 'latin1');
  const limit = DEFAULT_TAR_LIMITS.extendedHeaderBytes;
  if (content.length > limit) throw notStorable(`more than ${String(limit)} bytes of names and attributes`);
  const block = encodeBlock({
    name: paxHeaderName(name),
    prefix: '',
    typeflag: PAX_TYPEFLAG,
    linkname: '' as BytePath,
    mode: 0,
    uid: 0,
    gid: 0,
    size: content.length,
    mtime: 0,
    devMajor: undefined,
    devMinor: undefined,
  });
  return Buffer.concat([block, content, Buffer.alloc(paddingOf(content.length))]);
}

function paxContent(records: ReadonlyMap<string, string>): string {
  const keys = [...records.keys()].sort();
  return keys
    .map((key) => {
      const value = records.get(key) ?? '';
      if (!isRecord(key, value)) throw notStorable(`an attribute named ${JSON.stringify(key)}`);
      return formatPaxRecord(key, value);
    })
    .join('');
}

/** `dir/PaxHeaders.0/file`, as Go has it: readers that know no PAX see a file of that name. */
function paxHeaderName(name: string): string {
  const cut = name.lastIndexOf('/') + 1;
  const full = posix.join(name.slice(0, cut), 'PaxHeaders.0', name.slice(cut));
  const ascii = full.replace(/[\x80-\xff]/g, '');
  return ascii.slice(0, FIELDS.name.length).replace(/\/+$/, '');
}
