import { toText, type BytePath } from '../bytes/index.ts';
import { BuildError } from '../errors/index.ts';
import { damaged, overLimit } from './archive-error.ts';
import { NO_XATTRS, type EntryType, type TarEntry } from './entry.ts';
import type { HeaderBlock } from './header-block.ts';
import type { TarLimits } from './limits.ts';
import { paxInteger, paxTime } from './numbers.ts';
import type { PaxRecords } from './pax-records.ts';
import { XATTR_PREFIX, readXattrRecords } from './xattr-records.ts';

/** What extended headers said about the entry that follows them. */
export interface ExtendedHeaders {
  readonly pax: PaxRecords;
  /** GNU L and K; empty where there was none. */
  readonly longName: string;
  readonly longLink: string;
}

/** `7` is a contiguous file, which POSIX lets a reader treat as a plain one. NUL is a file of a time before typeflags. */
const TYPES: Readonly<Record<string, EntryType>> = {
  '\0': 'file',
  '0': 'file',
  '7': 'file',
  '1': 'hardlink',
  '2': 'symlink',
  '3': 'char',
  '4': 'block',
  '5': 'directory',
  '6': 'fifo',
};
/** The largest id Linux knows; the one above means "leave as it is" to chown(2). */
const LARGEST_ID = 0xffff_fffen;
const LARGEST_DEVICE_NUMBER = 0xffff_ffffn;
const SECOND = 1_000_000_000n;

/** The entry that a header and the extended headers before it describe. Throws ARCHIVE. */
export function readEntry(header: HeaderBlock, extended: ExtendedHeaders, limits: TarLimits): TarEntry {
  checkTimes(extended.pax);
  refuseSparse(header, extended.pax);
  const name = extended.longName || paxText(extended.pax, 'path', header.name);
  const type = typeOf(header.typeflag, name);
  const path = checkedPath(name, limits);
  const isDevice = type === 'char' || type === 'block';
  return {
    path,
    type,
    mode: Number(BigInt.asUintN(12, header.mode)),
    uid: checkedId(paxNumber(extended.pax, 'uid', header.uid), path),
    gid: checkedId(paxNumber(extended.pax, 'gid', header.gid), path),
    size: fileSize(type, header, extended.pax, path, limits),
    mtimeNs: paxMtime(extended.pax) ?? header.mtime * SECOND,
    linkname: linknameOf(type, header, extended, path, limits),
    devMajor: isDevice ? deviceNumber(header.devMajor, path) : 0,
    devMinor: isDevice ? deviceNumber(header.devMinor, path) : 0,
    xattrs: hasXattrs(extended.pax) ? readXattrRecords(extended.pax, limits) : NO_XATTRS,
  };
}

/** An empty value takes a record back: the header's own field counts. */
function paxText(pax: PaxRecords, key: string, fallback: string): string {
  return pax.get(key) || fallback;
}

function paxNumber(pax: PaxRecords, key: string, fallback: bigint): bigint {
  const text = pax.get(key) ?? '';
  return text === '' ? fallback : paxInteger(key, text);
}

function paxMtime(pax: PaxRecords): bigint | undefined {
  const text = pax.get('mtime') ?? '';
  return text === '' ? undefined : paxTime('mtime', text);
}

/** Times that are not kept must still be well-formed, as for every other reader. */
function checkTimes(pax: PaxRecords): void {
  for (const key of ['atime', 'ctime']) {
    const text = pax.get(key) ?? '';
    if (text !== '') paxTime(key, text);
  }
}

function hasXattrs(pax: PaxRecords): boolean {
  for (const key of pax.keys()) if (key.startsWith(XATTR_PREFIX)) return true;
  return false;
}

function refuseSparse(header: HeaderBlock, pax: PaxRecords): void {
  const isSparse = header.typeflag === 'S' || [...pax.keys()].some((key) => key.startsWith('GNU.sparse.'));
  if (!isSparse) return;
  throw new BuildError('ARCHIVE', `the tar archive holds a sparse file: ${quoted(header.name)}`, {
    hint: 'pack it again without --sparse',
  });
}

function typeOf(typeflag: string, name: string): EntryType {
  if (typeflag === '\0' && name.endsWith('/')) return 'directory';
  const type = TYPES[typeflag];
  if (type === undefined)
    throw new BuildError(
      'ARCHIVE',
      `the tar archive holds an entry of unknown type ${JSON.stringify(typeflag)}: ${quoted(name)}`,
    );
  return type;
}

function checkedPath(name: string, limits: TarLimits): BytePath {
  if (name === '') throw damaged('an entry has no name');
  if (name.length > limits.pathBytes)
    throw overLimit(`the name of ${quoted(name)} is too long`, limits.pathBytes);
  let end = name.length;
  while (end > 1 && name[end - 1] === '/') end--;
  return name.slice(0, end) as BytePath;
}

function linknameOf(
  type: EntryType,
  header: HeaderBlock,
  extended: ExtendedHeaders,
  path: BytePath,
  limits: TarLimits,
): BytePath {
  if (type !== 'symlink' && type !== 'hardlink') return '' as BytePath;
  const target = extended.longLink || paxText(extended.pax, 'linkpath', header.linkname);
  if (target === '') throw damaged(`the link ${quoted(path)} has no target`);
  if (target.length > limits.pathBytes)
    throw overLimit(`the link target of ${quoted(path)} is too long`, limits.pathBytes);
  return target as BytePath;
}

/** PAX wins over the header, also where both are there: readers that differ here see different archives. */
function fileSize(
  type: EntryType,
  header: HeaderBlock,
  pax: PaxRecords,
  path: BytePath,
  limits: TarLimits,
): number {
  const size = paxNumber(pax, 'size', header.size);
  if (type !== 'file') return 0;
  if (size < 0n || header.size < 0n) throw damaged(`the size of ${quoted(path)} is negative`);
  if (size > BigInt(limits.fileBytes)) throw overLimit(`${quoted(path)} is too large`, limits.fileBytes);
  return Number(size);
}

function checkedId(id: bigint, path: BytePath): number {
  if (id < 0n || id > LARGEST_ID) throw damaged(`${quoted(path)} has an owner that no system knows`);
  return Number(id);
}

function deviceNumber(value: bigint, path: BytePath): number {
  if (value < 0n || value > LARGEST_DEVICE_NUMBER)
    throw damaged(`${quoted(path)} has a device number that no system knows`);
  return Number(value);
}

function quoted(name: string): string {
  return JSON.stringify(toText(name.slice(0, 200) as BytePath));
}
