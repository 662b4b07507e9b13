import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fromText } from '../../bytes/index.ts';
import { decompress } from '../../compression/index.ts';
import { BuildError } from '../../errors/index.ts';
import { type ArchiveBounds, ArchiveUnpacker } from '../../rootfs/index.ts';
import { TarParser } from '../../tar/index.ts';

/** Far above what any build context holds; a bomb stops here before the machine suffers. */
const CONTEXT_BOUNDS: ArchiveBounds = { entries: 2_000_000, totalBytes: 64 * 2 ** 30 };

export interface ContextArchive {
  /** What people call it. */
  readonly name: string;
  /** A tar archive, plain or compressed by gzip, bzip2, xz or zstd. */
  readonly chunks: AsyncIterable<Uint8Array>;
}

/**
 * Unpacks an archive into a fresh directory in `parent` and returns its path. Owners are not kept: everything of a
 * context belongs to root. Throws ARCHIVE for damaged and hostile archives, UNSUPPORTED for rare features, both naming
 * the archive; nothing is left then.
 */
export async function unpackContext(
  archive: ContextArchive,
  parent: string,
  bounds: ArchiveBounds = CONTEXT_BOUNDS,
): Promise<string> {
  const directory = mkdtempSync(join(parent, 'archive-'));
  const unpacker = new ArchiveUnpacker(fromText(directory), bounds);
  const parser = new TarParser(unpacker);
  try {
    for await (const chunk of decompress(archive.chunks)) parser.write(chunk);
    parser.finish();
    unpacker.finish();
    return directory;
  } catch (error) {
    unpacker.abort();
    rmSync(directory, { recursive: true, force: true });
    throw named(error, archive.name);
  }
}

function named(error: unknown, name: string): unknown {
  if (!(error instanceof BuildError) || (error.code !== 'ARCHIVE' && error.code !== 'UNSUPPORTED'))
    return error;
  return new BuildError(error.code, `unpacking the build context ${name}: ${error.message}`, {
    hint: error.hint,
    cause: error,
  });
}
