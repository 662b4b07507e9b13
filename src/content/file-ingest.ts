import { randomUUID } from 'node:crypto';
import { closeSync, constants, fsyncSync, openSync, renameSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { BlobIngest } from './blob-store.ts';
import { BuildError, toBuildError } from '../errors/index.ts';
import { createDigester, type Digest } from '../oci/index.ts';

const CREATE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/** A blob written to a file beside its final place. Two writers of one digest do not meet: the later rename wins. */
export class FileIngest implements BlobIngest {
  readonly #folder: string;
  readonly #pathOf: (digest: Digest) => string;
  readonly #durable: boolean;
  readonly #digester = createDigester();
  readonly #temporary: string;
  #descriptor: number | undefined;
  #size = 0;

  /** Creates the file. Throws FILESYSTEM where it cannot. */
  constructor(folder: string, pathOf: (digest: Digest) => string, durable: boolean) {
    this.#folder = folder;
    this.#pathOf = pathOf;
    this.#durable = durable;
    // A random name, not a process id: the processes that share the folder may each be number 1 of their namespace.
    this.#temporary = join(folder, `.${randomUUID()}.tmp`);
    this.#descriptor = asBuildErrors(() => openSync(this.#temporary, CREATE, 0o644));
  }

  write(chunk: Uint8Array): void {
    const descriptor = this.#openDescriptor();
    this.#digester.update(chunk);
    asBuildErrors(() => {
      for (let done = 0; done < chunk.length;) done += writeSync(descriptor, chunk, done);
    });
    this.#size += chunk.length;
  }

  commit(): Promise<{ digest: Digest; size: number }> {
    const descriptor = this.#openDescriptor();
    const digest = this.#digester.digest();
    try {
      asBuildErrors(() => {
        if (this.#durable) fsyncSync(descriptor);
        renameSync(this.#temporary, this.#pathOf(digest));
        this.#close();
        if (this.#durable) syncFolder(this.#folder);
      });
    } catch (error) {
      this.abort();
      return Promise.reject(toBuildError(error));
    }
    return Promise.resolve({ digest, size: this.#size });
  }

  abort(): void {
    if (this.#descriptor === undefined) return;
    this.#close();
    try {
      unlinkSync(this.#temporary);
    } catch {
      // Already gone with the scratch directory: then there is nothing to forget.
    }
  }

  #openDescriptor(): number {
    if (this.#descriptor === undefined) throw new BuildError('INTERNAL', 'the blob was already ended');
    return this.#descriptor;
  }

  #close(): void {
    const descriptor = this.#openDescriptor();
    this.#descriptor = undefined;
    closeSync(descriptor);
  }
}

/** A rename is on disk once its directory is. */
function syncFolder(folder: string): void {
  const descriptor = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function asBuildErrors<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw toBuildError(error);
  }
}
