import { posix } from 'node:path';
import { toText } from '../bytes/index.ts';
import type { BlobIngest, IngestStore } from '../content/index.ts';
import { decompress } from '../layer/index.ts';
import type { Digest } from '../oci/index.ts';
import { TarParser, type TarHandler } from '../tar/index.ts';

/** A file as a blob. */
export interface StoredFile {
  readonly digest: Digest;
  readonly size: number;
}

/**
 * Puts all plain files of a tar archive, compressed or not, into a store. They are known by their names, and by those of links
 * to them. Throws ARCHIVE where it is damaged.
 */
export async function storeFiles(
  content: AsyncIterable<Uint8Array>,
  store: IngestStore,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, StoredFile>> {
  const [stored, links] = [new Map<string, Promise<StoredFile>>(), new Map<string, string>()];
  let current: { readonly name: string; readonly ingest: BlobIngest } | undefined;
  const handler: TarHandler = {
    entry: (entry) => {
      const name = posix.normalize(toText(entry.path));
      const target = toText(entry.linkname);
      if (entry.type === 'file') current = { name, ingest: store.begin() };
      else if (entry.type === 'hardlink') links.set(name, posix.normalize(target));
      else if (entry.type === 'symlink') links.set(name, posix.join(posix.dirname(name), target));
    },
    data: (chunk) => current?.ingest.write(chunk),
    end: () => {
      if (current !== undefined) stored.set(current.name, current.ingest.commit());
      current = undefined;
    },
  };
  const parser = new TarParser(handler);
  try {
    await decompress(content, 'gzip', (piece) => parser.write(piece), signal);
    parser.finish();
  } finally {
    current?.ingest.abort();
  }
  const files = new Map<string, StoredFile>();
  for (const [name, blob] of stored) files.set(name, await blob);
  for (const [name, target] of links) {
    const blob = files.get(target);
    if (blob !== undefined) files.set(name, blob);
  }
  return files;
}
