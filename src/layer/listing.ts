import { gunzipSync, gzipSync } from 'node:zlib';
import { baseName, type BytePath } from '../bytes/index.ts';
import { BuildError } from '../errors/index.ts';
import { KEPT_NAMES, MAX_ACCOUNT_FILE_BYTES, readContent } from '../rootfs/index.ts';
import { NO_XATTRS, type EntryType, type TarEntry, type TarHandler, type TarMember } from '../tar/index.ts';

const HEAD = 'ts-kaniko layer listing 1';
const TYPES: readonly string[] = ['file', 'directory', 'symlink', 'hardlink', 'char', 'block', 'fifo'];
/** A layer with a million of entries has a listing of some 150 MiB. */
const LARGEST = 512 * 1024 * 1024;

/** A header as it is written: path, type, mode, uid, gid, size, mtime, link, devices, attributes, kept content. */
type Row = readonly [
  path: string,
  type: number,
  mode: number,
  uid: number,
  gid: number,
  size: number,
  mtimeNs: string,
  linkname?: string,
  dev?: readonly [number, number],
  xattrs?: readonly (readonly [string, string])[],
  content?: string,
];

/** Takes down the headers of a layer as it passes, and the bytes of files that name look-ups read. */
export class ListingWriter implements TarHandler {
  readonly #lines: string[] = [HEAD];
  #entry: TarEntry | undefined;
  #kept: Buffer[] | undefined;

  entry(entry: TarEntry): void {
    this.#entry = entry;
    const isKept = entry.type === 'file' && KEPT_NAMES.includes(baseName(entry.path));
    this.#kept = isKept && entry.size <= MAX_ACCOUNT_FILE_BYTES ? [] : undefined;
    if (entry.type !== 'file') this.#add(entry, undefined);
  }

  data(chunk: Uint8Array): void {
    this.#kept?.push(Buffer.from(chunk));
  }

  end(): void {
    const entry = this.#entry;
    if (entry?.type !== 'file') return;
    this.#add(entry, this.#kept === undefined ? undefined : Buffer.concat(this.#kept).toString('base64'));
  }

  /** A member of a layer that is being written. Throws FILESYSTEM where a kept file cannot be read. */
  member(member: TarMember): void {
    this.entry(member);
    if (this.#kept !== undefined && member.content !== undefined) this.data(readContent(member.content));
    this.end();
  }

  /** The listing, compressed: the same for the same layer. */
  bytes(): Buffer {
    return gzipSync(`${this.#lines.join('\n')}\n`);
  }

  #add(entry: TarEntry, content: string | undefined): void {
    const row = [
      entry.path,
      TYPES.indexOf(entry.type),
      entry.mode,
      entry.uid,
      entry.gid,
      entry.size,
      String(entry.mtimeNs),
      entry.linkname,
      [entry.devMajor, entry.devMinor],
      [...entry.xattrs].map(([name, value]) => [name, Buffer.from(value).toString('base64')] as const),
    ] as const;
    this.#lines.push(JSON.stringify((content === undefined ? row : [...row, content]) satisfies Row));
    this.#entry = undefined;
  }
}

/** The headers of a layer out of its listing. */
export interface ReadListing {
  /** Gives them to a handler, as the layer itself would; of contents only the kept ones. */
  give(handler: TarHandler): void;
}

/** Reads a listing whole. Throws ARCHIVE for anything that is none. */
export function readListing(bytes: Uint8Array): ReadListing {
  const lines = unpackedLines(bytes);
  if (lines.shift() !== HEAD || lines.pop() !== '') throw damaged();
  const rows = lines.map((line) => {
    const row = rowOf(line);
    return { entry: entryOf(row), content: row[10] };
  });
  return {
    give: (handler) => {
      for (const { entry, content } of rows) {
        handler.entry(entry);
        if (content !== undefined) handler.data(Buffer.from(content, 'base64'));
        handler.end();
      }
    },
  };
}

function unpackedLines(bytes: Uint8Array): string[] {
  try {
    return gunzipSync(bytes, { maxOutputLength: LARGEST }).toString('utf8').split('\n');
  } catch (error) {
    throw damaged(error);
  }
}

function rowOf(line: string): Row {
  try {
    const row = JSON.parse(line) as unknown;
    if (!Array.isArray(row) || typeof row[0] !== 'string' || !row.slice(1, 6).every(Number.isSafeInteger))
      throw damaged();
    return row as unknown as Row;
  } catch (error) {
    throw damaged(error);
  }
}

function entryOf([
  path,
  type,
  mode,
  uid,
  gid,
  size,
  mtimeNs,
  linkname = '',
  dev = [0, 0],
  xattrs = [],
]: Row): TarEntry {
  const name = TYPES[type];
  if (name === undefined || !/^-?[0-9]+$/.test(mtimeNs)) throw damaged();
  return {
    path: path as BytePath,
    type: name as EntryType,
    mode,
    uid,
    gid,
    size,
    mtimeNs: BigInt(mtimeNs),
    linkname: linkname as BytePath,
    devMajor: dev[0],
    devMinor: dev[1],
    xattrs:
      xattrs.length === 0
        ? NO_XATTRS
        : new Map(xattrs.map(([key, value]) => [key, new Uint8Array(Buffer.from(value, 'base64'))])),
  };
}

function damaged(cause?: unknown): BuildError {
  return new BuildError('ARCHIVE', 'the listing of a layer is damaged', { cause });
}
