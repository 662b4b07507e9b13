import { fromText, type BytePath } from '../../../src/bytes/index.ts';
import type { BlobIngest, LocalBlobStore } from '../../../src/content/index.ts';
import { digestOf, type Descriptor, type Digest } from '../../../src/oci/index.ts';
import type { Change } from '../../../src/snapshot/index.ts';
import { NO_XATTRS, type TarEntry, type TarHandler, type TarMember } from '../../../src/tar/index.ts';

/** A member from a short text: `etc/passwd` a file, `etc/` a directory, `a -> b` a symlink, `a = b` a hard link. */
export function member(text: string, changes: Partial<TarMember> = {}): TarMember {
  const [, left = '', link, target = ''] = /^(.*?)(?: (->|=) (.*))?$/.exec(text) ?? [];
  const isDirectory = left.endsWith('/');
  const type = link === '->' ? 'symlink' : link === '=' ? 'hardlink' : isDirectory ? 'directory' : 'file';
  return {
    path: fromText(isDirectory ? left.slice(0, -1) : left),
    type,
    mode: isDirectory ? 0o755 : 0o644,
    uid: 0,
    gid: 0,
    size: 0,
    mtimeNs: 0n,
    linkname: fromText(target),
    devMajor: 0,
    devMinor: 0,
    xattrs: NO_XATTRS,
    ...changes,
  };
}

export function file(path: string, text: string, changes: Partial<TarMember> = {}): TarMember {
  const bytes = Buffer.from(text);
  return member(path, { size: bytes.length, content: { kind: 'bytes', bytes }, ...changes });
}

/** A change from a short text: as `member`, with `-path` for a removal. */
export function change(text: string): Change {
  if (text.startsWith('-')) return { kind: 'removed', path: fromText(text.slice(1)) };
  return { kind: 'added', member: member(text) };
}

/** The inverse of `member`, with `-path` for removals. */
export function shown(entry: TarEntry): string {
  if (entry.type === 'directory') return `${entry.path}/`;
  if (entry.type === 'symlink') return `${entry.path} -> ${entry.linkname}`;
  if (entry.type === 'hardlink') return `${entry.path} = ${entry.linkname}`;
  return entry.path;
}

export function shownChange(one: Change): string {
  return one.kind === 'removed' ? `-${one.path}` : shown(one.member);
}

/** A store in memory that knows how its ingests ended. */
export class FakeStore implements LocalBlobStore {
  readonly blobs = new Map<Digest, Buffer>();
  aborted = 0;

  begin(): BlobIngest {
    const chunks: Buffer[] = [];
    return {
      write: (chunk) => void chunks.push(Buffer.from(chunk)),
      commit: () => {
        const bytes = Buffer.concat(chunks);
        this.blobs.set(digestOf(bytes), bytes);
        return Promise.resolve({ digest: digestOf(bytes), size: bytes.length });
      },
      abort: () => void (this.aborted += 1),
    };
  }

  bytes(digest: Digest): Buffer {
    const bytes = this.blobs.get(digest);
    if (bytes === undefined) throw new Error(`no blob ${digest}`);
    return bytes;
  }

  async *open({ digest }: Descriptor): AsyncGenerator<Uint8Array> {
    yield await Promise.resolve(this.bytes(digest));
  }

  has({ digest }: Descriptor): Promise<boolean> {
    return Promise.resolve(this.blobs.has(digest));
  }

  put(): Promise<void> {
    return Promise.reject(new Error('not needed here'));
  }

  pathOf(): string {
    throw new Error('not needed here');
  }
}

/** Keeps what it is told, contents as text. */
export class Recorder implements TarHandler {
  readonly entries: TarEntry[] = [];
  readonly contents = new Map<BytePath, string>();
  #chunks: Buffer[] = [];

  entry(entry: TarEntry): void {
    this.entries.push(entry);
    this.#chunks = [];
  }

  data(chunk: Uint8Array): void {
    this.#chunks.push(Buffer.from(chunk));
  }

  end(): void {
    const last = this.entries.at(-1);
    if (last?.type === 'file') this.contents.set(last.path, Buffer.concat(this.#chunks).toString('latin1'));
  }
}

export async function* chunksOf(bytes: Uint8Array, size = bytes.length || 1): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

export async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}
