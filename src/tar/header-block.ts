import { damaged } from './archive-error.ts';
import {
  BLOCK_BYTES,
  FIELDS,
  GNU_MAGIC,
  GNU_VERSION,
  STAR_TRAILER,
  TYPEFLAG_AT,
  USTAR_MAGIC,
  type Field,
} from './format.ts';
import { numberField, octalField, stringField } from './numbers.ts';

/** A header block as it stands, before extended headers have their say. */
export interface HeaderBlock {
  readonly typeflag: string;
  readonly name: string;
  readonly linkname: string;
  readonly mode: bigint;
  readonly uid: bigint;
  readonly gid: bigint;
  readonly size: bigint;
  /** Seconds. */
  readonly mtime: bigint;
  readonly devMajor: bigint;
  readonly devMinor: bigint;
}

type Format = 'v7' | 'ustar' | 'gnu' | 'star';

/** Reads a header block and checks its checksum. The same reading as Go's archive/tar. Throws ARCHIVE. */
export function readHeaderBlock(block: Buffer): HeaderBlock {
  checkChecksum(block);
  const format = formatOf(block);
  const prefix = prefixOf(block, format);
  const name = stringField(block, FIELDS.name);
  return {
    typeflag: block.toString('latin1', TYPEFLAG_AT, TYPEFLAG_AT + 1),
    name: prefix === '' ? name : `${prefix}/${name}`,
    linkname: stringField(block, FIELDS.linkname),
    mode: numberField(block, FIELDS.mode),
    uid: numberField(block, FIELDS.uid),
    gid: numberField(block, FIELDS.gid),
    size: numberField(block, FIELDS.size),
    mtime: numberField(block, FIELDS.mtime),
    devMajor: format === 'v7' ? 0n : numberField(block, FIELDS.devMajor),
    devMinor: format === 'v7' ? 0n : numberField(block, FIELDS.devMinor),
  };
}

/** POSIX sums unsigned bytes, old Sun tars signed ones; the checksum itself counts as spaces. */
function checkChecksum(block: Buffer): void {
  const { at, length } = FIELDS.checksum;
  let [unsigned, high] = [0x20 * length, 0];
  for (let i = 0; i < BLOCK_BYTES; i++) {
    if (i === at) i += length;
    const byte = block[i] ?? 0;
    unsigned += byte;
    high += byte >> 7;
  }
  const stored = octalField(block, FIELDS.checksum);
  if (stored !== unsigned && stored !== unsigned - 256 * high)
    throw damaged('the checksum of a header is wrong');
}

function formatOf(block: Buffer): Format {
  const magic = rawText(block, FIELDS.magic);
  if (magic === USTAR_MAGIC) return rawText(block, FIELDS.starTrailer) === STAR_TRAILER ? 'star' : 'ustar';
  return magic === GNU_MAGIC && rawText(block, FIELDS.version) === GNU_VERSION ? 'gnu' : 'v7';
}

function rawText(block: Buffer, { at, length }: Field): string {
  return block.toString('latin1', at, at + length);
}

function prefixOf(block: Buffer, format: Format): string {
  if (format === 'ustar') return stringField(block, FIELDS.prefix);
  if (format === 'gnu') return misplacedPrefix(block);
  if (format === 'v7') return '';
  numberField(block, FIELDS.starAtime);
  numberField(block, FIELDS.starCtime);
  return stringField(block, FIELDS.starPrefix);
}

/**
 * GNU headers have no prefix, but Go before 1.8 wrote one, and layers made by it are still about. As later versions of
 * Go do: where GNU's times are no numbers, an ASCII string there is the prefix.
 */
function misplacedPrefix(block: Buffer): string {
  if (isGnuTime(block, FIELDS.gnuAtime) && isGnuTime(block, FIELDS.gnuCtime)) return '';
  const prefix = stringField(block, FIELDS.prefix);
  return /^[\x01-\x7f]*$/.test(prefix) ? prefix : '';
}

function isGnuTime(block: Buffer, field: Field): boolean {
  if (block[field.at] === 0) return true;
  try {
    numberField(block, field);
    return true;
  } catch {
    return false;
  }
}
