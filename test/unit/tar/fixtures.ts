import { fromText, type BytePath } from '../../../src/bytes/index.ts';
import {
  NO_XATTRS,
  TarParser,
  type TarEntry,
  type TarHandler,
  type TarLimits,
} from '../../../src/tar/index.ts';

export const SECOND = 1_000_000_000n;

/** An entry with plain metadata; files are empty. */
export function entry(path: string, changes: Partial<TarEntry> = {}): TarEntry {
  return {
    path: fromText(path),
    type: 'file',
    mode: 0o644,
    uid: 0,
    gid: 0,
    size: 0,
    mtimeNs: 0n,
    linkname: '' as BytePath,
    devMajor: 0,
    devMinor: 0,
    xattrs: NO_XATTRS,
    ...changes,
  };
}

/** Everything an archive held; contents as latin1 text, by position. */
export interface Parsed {
  readonly entries: TarEntry[];
  readonly contents: string[];
}

/** Parses bytes pushed in chunks of a size; checks that the handler is called in the agreed order. */
export function parse(
  bytes: Uint8Array,
  options: { chunk?: number; limits?: Partial<TarLimits>; cut?: boolean } = {},
): Parsed {
  const parsed: Parsed = { entries: [], contents: [] };
  const parser = new TarParser(recorder(parsed), { limits: options.limits ?? {} });
  const chunk = options.chunk ?? (bytes.length || 1);
  for (let at = 0; at < bytes.length; at += chunk) {
    // A copy that is wiped afterwards: data is valid during the call only.
    const piece = Buffer.from(bytes.subarray(at, at + chunk));
    parser.write(piece);
    piece.fill(0xaa);
  }
  parser.finish();
  return parsed;
}

function recorder(parsed: Parsed): TarHandler {
  let open: { readonly size: number; text: string } | undefined;
  return {
    entry: (one) => {
      if (open !== undefined) throw new Error('entry before the end of the last');
      open = { size: one.size, text: '' };
      parsed.entries.push(one);
    },
    data: (chunk) => {
      if (open === undefined || chunk.length === 0) throw new Error('data out of place');
      open.text += Buffer.from(chunk).toString('latin1');
    },
    end: () => {
      if (open?.text.length !== open?.size) throw new Error('content and size differ');
      parsed.contents.push(open?.text ?? '');
      open = undefined;
    },
  };
}

export async function* chunksOf(bytes: Uint8Array, size = bytes.length || 1): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

export async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}

/** Raw values of a header block, written as given: for archives that no writer makes. */
export interface RawHeader {
  readonly name?: string;
  readonly mode?: string;
  readonly uid?: string;
  readonly gid?: string;
  readonly size?: string | Buffer;
  readonly mtime?: string | Buffer;
  readonly typeflag?: string;
  readonly linkname?: string;
  readonly magic?: string;
  readonly devMajor?: string;
  readonly devMinor?: string;
  readonly prefix?: string;
  readonly checksum?: 'signed' | 'wrong';
}

const PLACES: Readonly<Record<string, number>> = {
  name: 0,
  mode: 100,
  uid: 108,
  gid: 116,
  size: 124,
  mtime: 136,
  typeflag: 156,
  linkname: 157,
  magic: 257,
  devMajor: 329,
  devMinor: 337,
  prefix: 345,
};

/** A header block of raw values with a checksum; ustar unless told otherwise. */
export function rawHeader(values: RawHeader): Buffer {
  const block = Buffer.alloc(512);
  const all = { magic: 'ustar\x0000', typeflag: '0', size: '0', ...values };
  for (const [key, at] of Object.entries(PLACES)) {
    const value = (all as Readonly<Record<string, string | Buffer | undefined>>)[key];
    if (value !== undefined) Buffer.from(value as string, 'latin1').copy(block, at);
  }
  block.fill(' ', 148, 156);
  const signed = values.checksum === 'signed';
  let sum = values.checksum === 'wrong' ? 1 : 0;
  for (const byte of block) sum += signed && byte > 127 ? byte - 256 : byte;
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}

/** Content with its padding. */
export function padded(content: string | Buffer): Buffer {
  const bytes = Buffer.from(content as string, 'latin1');
  return Buffer.concat([bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]);
}

/** A header with content of the size it states. */
export function rawFile(values: RawHeader, content: string | Buffer): Buffer {
  return Buffer.concat([rawHeader({ size: content.length.toString(8), ...values }), padded(content)]);
}

/** `key=value` texts as records with their lengths. */
export function paxRecords(...records: string[]): string {
  return records
    .map((record) => {
      const rest = ` ${record}\n`;
      let length = rest.length + 1;
      while (`${String(length)}${rest}`.length !== length) length++;
      return `${String(length)}${rest}`;
    })
    .join('');
}

export const pax = (...records: string[]) => rawFile({ name: 'pax', typeflag: 'x' }, paxRecords(...records));

export const END = Buffer.alloc(1024);
