import { BLOCK_BYTES, FIELDS, TYPEFLAG_AT, USTAR_MAGIC, USTAR_VERSION, type Field } from './format.ts';

/** The values of a ustar block. What does not fit is cut short or written as 0: a PAX header before it tells the truth. */
export interface BlockValues {
  readonly name: string;
  readonly prefix: string;
  readonly typeflag: string;
  readonly linkname: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  /** Seconds. */
  readonly mtime: number;
  /** Left empty where undefined. */
  readonly devMajor: number | undefined;
  readonly devMinor: number | undefined;
}

/** A ustar header block with its checksum. */
export function encodeBlock(values: BlockValues): Buffer {
  const block = Buffer.alloc(BLOCK_BYTES);
  writeName(block, FIELDS.name, values.name);
  writeOctal(block, FIELDS.mode, values.mode);
  writeOctal(block, FIELDS.uid, values.uid);
  writeOctal(block, FIELDS.gid, values.gid);
  writeOctal(block, FIELDS.size, values.size);
  writeOctal(block, FIELDS.mtime, values.mtime);
  block.write(values.typeflag, TYPEFLAG_AT, 'latin1');
  writeName(block, FIELDS.linkname, values.linkname);
  block.write(`${USTAR_MAGIC}${USTAR_VERSION}`, FIELDS.magic.at, 'latin1');
  if (values.devMajor !== undefined) writeOctal(block, FIELDS.devMajor, values.devMajor);
  if (values.devMinor !== undefined) writeOctal(block, FIELDS.devMinor, values.devMinor);
  block.write(values.prefix, FIELDS.prefix.at, 'latin1');
  writeChecksum(block);
  return block;
}

/** Without its bytes above 7F, as in Go; a name cut short must not look like a directory's. */
function writeName(block: Buffer, { at, length }: Field, name: string): void {
  const ascii = name.replace(/[\x80-\xff]/g, '');
  const cut = ascii.length > length ? ascii.slice(0, length).replace(/\/+$/, '') : ascii;
  block.write(cut, at, 'latin1');
}

function writeOctal(block: Buffer, { at, length }: Field, value: number): void {
  const fits = value >= 0 && value < 8 ** (length - 1);
  block.write((fits ? value : 0).toString(8).padStart(length - 1, '0'), at, 'latin1');
}

function writeChecksum(block: Buffer): void {
  const { at, length } = FIELDS.checksum;
  block.fill(0x20, at, at + length);
  let sum = 0;
  for (const byte of block) sum += byte;
  block.write(`${sum.toString(8).padStart(length - 2, '0')}\0`, at, 'latin1');
}
