import { createHash, randomUUID } from 'node:crypto';
import {
  appendFileSync,
  createReadStream,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

/** Where blobs and unfinished uploads lie. */
export interface BlobFiles {
  begin(): string;
  append(upload: string, chunk: Buffer): void;
  /** Bytes received so far; undefined for an upload that is not there. */
  received(upload: string): number | undefined;
  /** Ends an upload; returns the digest of what it received. */
  finish(upload: string): string;
  drop(upload: string): void;
  size(digest: string): number | undefined;
  read(digest: string, start: number): AsyncIterable<Buffer>;
}

export function memoryFiles(): BlobFiles {
  const uploads = new Map<string, Buffer[]>();
  const blobs = new Map<string, Buffer>();
  return {
    begin() {
      const upload = randomUUID();
      uploads.set(upload, []);
      return upload;
    },
    append: (upload, chunk) => void uploads.get(upload)?.push(chunk),
    received: (upload) => uploads.get(upload)?.reduce((sum, chunk) => sum + chunk.length, 0),
    finish(upload) {
      const bytes = Buffer.concat(uploads.get(upload) ?? []);
      const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
      uploads.delete(upload);
      blobs.set(digest, bytes);
      return digest;
    },
    drop: (upload) => void uploads.delete(upload),
    size: (digest) => blobs.get(digest)?.length,
    async *read(digest, start) {
      const bytes = blobs.get(digest) ?? Buffer.alloc(0);
      for (let at = start; at < bytes.length; at += 65536) yield bytes.subarray(at, at + 65536);
    },
  };
}

/** Blobs as files, so that large ones do not fill the memory. */
export function directoryFiles(directory: string): BlobFiles {
  const hashes = new Map<string, { readonly hash: ReturnType<typeof createHash>; size: number }>();
  mkdirSync(directory, { recursive: true });
  const fileOf = (name: string): string => join(directory, name.replace(':', '-'));
  return {
    begin() {
      const upload = randomUUID();
      hashes.set(upload, { hash: createHash('sha256'), size: 0 });
      writeFileSync(fileOf(upload), '');
      return upload;
    },
    append(upload, chunk) {
      const state = hashes.get(upload);
      if (state === undefined) return;
      state.hash.update(chunk);
      state.size += chunk.length;
      appendFileSync(fileOf(upload), chunk);
    },
    received: (upload) => hashes.get(upload)?.size,
    finish(upload) {
      const digest = `sha256:${hashes.get(upload)?.hash.digest('hex') ?? ''}`;
      hashes.delete(upload);
      renameSync(fileOf(upload), fileOf(digest));
      return digest;
    },
    drop(upload) {
      hashes.delete(upload);
      rmSync(fileOf(upload), { force: true });
    },
    size: (digest) => statSync(fileOf(digest), { throwIfNoEntry: false })?.size,
    read: (digest, start) => createReadStream(fileOf(digest), { start }) as AsyncIterable<Buffer>,
  };
}
