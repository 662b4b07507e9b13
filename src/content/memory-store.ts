import type { BlobIngest, IngestStore } from './blob-store.ts';
import { verified } from './verified.ts';
import { BuildError } from '../errors/index.ts';
import { digestOf, type Digest } from '../oci/index.ts';

/** A store that lives as long as the process: for small documents and for tests. */
export function memoryStore(): IngestStore {
  const blobs = new Map<Digest, Buffer>();
  return {
    has: (descriptor) => Promise.resolve(blobs.get(descriptor.digest)?.length === descriptor.size),
    open: (descriptor) => verified(descriptor, held(blobs, descriptor.digest)),
    put: async (descriptor, content, signal) => {
      const chunks: Buffer[] = [];
      for await (const chunk of verified(descriptor, content)) {
        signal?.throwIfAborted();
        chunks.push(Buffer.from(chunk));
      }
      blobs.set(descriptor.digest, Buffer.concat(chunks));
    },
    begin: () => beginInMemory(blobs),
  };
}

async function* held(blobs: ReadonlyMap<Digest, Buffer>, digest: Digest): AsyncGenerator<Uint8Array> {
  const bytes = blobs.get(digest);
  if (bytes === undefined) throw new BuildError('CONTENT', `${digest} is not in the store`);
  yield bytes;
}

function beginInMemory(blobs: Map<Digest, Buffer>): BlobIngest {
  let chunks: Buffer[] = [];
  return {
    write: (chunk) => void chunks.push(Buffer.from(chunk)),
    commit: () => {
      const bytes = Buffer.concat(chunks);
      const digest = digestOf(bytes);
      blobs.set(digest, bytes);
      chunks = [];
      return Promise.resolve({ digest, size: bytes.length });
    },
    abort: () => void (chunks = []),
  };
}
