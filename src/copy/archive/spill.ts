import { closeSync, constants, copyFileSync, openSync, writeSync } from 'node:fs';
import { type BytePath, fromText, joinPath, toFs } from '../../bytes/index.ts';
import type { ContentSource } from '../../tar/index.ts';

/** Files up to this size are held in memory, as long as all of them together stay below the budget. */
const SMALL_BYTES = 64 * 1024;
const MEMORY_BUDGET_BYTES = 32 * 1024 * 1024;

/** A file being stored. */
export interface StoredFile {
  write(chunk: Uint8Array): void;
  finish(): ContentSource;
}

/** Where the contents of unpacked files go until their layer is written: small ones into memory, others onto disk. */
export class Spill {
  readonly #directory: BytePath;
  #files = 0;
  #inMemory = 0;

  /** `directory` exists and is private; the caller removes it. */
  constructor(directory: BytePath) {
    this.#directory = directory;
  }

  /** Starts a file of exactly `size` bytes. */
  begin(size: number): StoredFile {
    if (size > SMALL_BYTES || this.#inMemory + size > MEMORY_BUDGET_BYTES) return this.#onDisk();
    this.#inMemory += size;
    return inMemory(size);
  }

  /** A copy of a file of this machine that may be out of reach later. */
  copyOf(content: ContentSource): ContentSource {
    if (content.kind === 'bytes') return content;
    const path = this.#freshPath();
    copyFileSync(toFs(content.path), toFs(path), constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    return { kind: 'file', path };
  }

  #freshPath(): BytePath {
    return joinPath(this.#directory, fromText(`f${this.#files++}`));
  }

  #onDisk(): StoredFile {
    const path = this.#freshPath();
    const descriptor = openSync(toFs(path), 'wx', 0o600);
    return {
      write: (chunk) => {
        for (let done = 0; done < chunk.byteLength;) done += writeSync(descriptor, chunk, done);
      },
      finish: () => {
        closeSync(descriptor);
        return { kind: 'file', path };
      },
    };
  }
}

function inMemory(size: number): StoredFile {
  const bytes = Buffer.alloc(size);
  let filled = 0;
  return {
    write: (chunk) => {
      bytes.set(chunk, filled);
      filled += chunk.byteLength;
    },
    finish: () => ({ kind: 'bytes', bytes }),
  };
}
