import { lstatSync, mkdirSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import type { BlobIngest, LocalBlobStore } from './blob-store.ts';
import { FileIngest } from './file-ingest.ts';
import { readFileChunks } from './file-chunks.ts';
import { verified } from './verified.ts';
import { BuildError, toBuildError } from '../errors/index.ts';
import { digestHex, isDigest, type Descriptor, type Digest } from '../oci/index.ts';

export interface DirectoryStoreOptions {
  /** Blobs survive a power cut once stored. Scratch needs no such thing, and it is slow. Default false. */
  readonly durable?: boolean | undefined;
}

/**
 * Blobs as files `<directory>/blobs/sha256/<hex>`, the arrangement of an OCI layout. Two processes of one user may share
 * the directory: a file appears under its name by rename and never changes, links are never followed, and what is read
 * is verified each time.
 */
export class DirectoryStore implements LocalBlobStore {
  readonly #folder: string;
  readonly #durable: boolean;

  /** Makes the directories that are missing. Throws FILESYSTEM where it cannot. */
  constructor(directory: string, options: DirectoryStoreOptions = {}) {
    this.#folder = join(directory, 'blobs', 'sha256');
    this.#durable = options.durable === true;
    try {
      mkdirSync(this.#folder, { recursive: true });
      for (const part of [join(directory, 'blobs'), this.#folder]) requireDirectory(part);
    } catch (error) {
      throw toBuildError(error);
    }
  }

  pathOf(digest: Digest): string {
    if (!isDigest(digest)) throw new BuildError('CONTENT', 'not a sha256 digest');
    return join(this.#folder, digestHex(digest));
  }

  /** True where a file of the right size is there; its bytes are checked when they are read. */
  has(descriptor: Descriptor): Promise<boolean> {
    const stat = statNoFollow(this.pathOf(descriptor.digest));
    return Promise.resolve(stat?.isFile() === true && stat.size === descriptor.size);
  }

  open(descriptor: Descriptor, signal?: AbortSignal): AsyncIterable<Uint8Array> {
    return verified(descriptor, readFileChunks(this.pathOf(descriptor.digest), descriptor, signal));
  }

  async put(descriptor: Descriptor, content: AsyncIterable<Uint8Array>, signal?: AbortSignal): Promise<void> {
    if (await this.has(descriptor)) return;
    const ingest = this.begin();
    try {
      for await (const chunk of verified(descriptor, content)) {
        signal?.throwIfAborted();
        ingest.write(chunk);
      }
      await ingest.commit();
    } catch (error) {
      ingest.abort();
      throw toBuildError(error);
    }
  }

  begin(): BlobIngest {
    return new FileIngest(this.#folder, (digest) => this.pathOf(digest), this.#durable);
  }
}

function statNoFollow(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    throw toBuildError(error);
  }
}

function requireDirectory(path: string): void {
  if (lstatSync(path).isDirectory()) return;
  throw new BuildError(
    'FILESYSTEM',
    `${path} is a symbolic link or no directory; blobs are not stored there`,
  );
}
