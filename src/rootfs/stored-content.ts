import { randomUUID } from 'node:crypto';
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { fromText } from '../bytes/index.ts';
import type { ContentSource } from '../tar/index.ts';

/** The bytes of one file of an archive, on their way to where they can be read again. */
export interface StoredContent {
  /** The chunk may change once this returns. */
  write(chunk: Uint8Array): void;
  finish(): ContentSource;
}

export function inMemory(): StoredContent {
  const chunks: Buffer[] = [];
  return {
    write: (chunk) => void chunks.push(Buffer.from(chunk)),
    finish: () => ({ kind: 'bytes', bytes: Buffer.concat(chunks) }),
  };
}

/** In a file of its own below a directory of this machine: names, owners and types of the archive play no part. */
export function inFile(directory: string): StoredContent {
  const path = join(directory, randomUUID());
  const descriptor = openSync(path, 'wx', 0o600);
  return {
    write: (chunk) => {
      for (let done = 0; done < chunk.byteLength;) done += writeSync(descriptor, chunk, done);
    },
    finish: () => {
      closeSync(descriptor);
      return { kind: 'file', path: fromText(path) };
    },
  };
}
