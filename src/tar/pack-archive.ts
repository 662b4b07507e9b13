import { pipeline } from 'node:stream/promises';
import { pack, type Pack } from 'tar-stream';

/** A plain file of an archive for other tools, its content as a stream of known size. */
export interface PackedFile {
  readonly name: string;
  readonly size: number;
  readonly content: AsyncIterable<Uint8Array>;
  /** Whole seconds count. */
  readonly mtime: Date;
}

const MODE = 0o644;

/**
 * A tar archive of plain files owned by root, for formats like `docker load`'s where no exact metadata matters. Content
 * is read as the archive is consumed. Throws where a content has another size than it said, and whatever reading throws.
 */
export async function* packArchive(files: AsyncIterable<PackedFile>): AsyncGenerator<Uint8Array> {
  const archive = pack();
  const filled = fill(archive, files).catch((error: unknown) => {
    archive.destroy(error instanceof Error ? error : new Error(String(error)));
  });
  try {
    yield* archive as AsyncIterable<Uint8Array>;
  } finally {
    archive.destroy();
    await filled;
  }
}

async function fill(archive: Pack, files: AsyncIterable<PackedFile>): Promise<void> {
  for await (const { name, size, content, mtime } of files)
    await pipeline(content, archive.entry({ name, size, mtime, mode: MODE, type: 'file' }));
  archive.finalize();
}
