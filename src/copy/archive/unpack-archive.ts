import { decompress } from '../../compression/index.ts';
import { readContent } from '../../context/index.ts';
import { BuildError } from '../../errors/index.ts';
import { type ContentSource, TarParser } from '../../tar/index.ts';
import { ArchivePlan, type ArchivePlanOptions } from './archive-plan.ts';

/**
 * Plans the contents of an archive below a directory, BuildKit's way: entries keep owner, mode and time, the entry of
 * the archive's root says nothing, files replace what is there, directories merge. Throws ARCHIVE for damaged or hostile
 * archives, UNSUPPORTED for what cannot be unpacked, each naming the archive.
 */
export async function unpackArchive(
  archive: { readonly name: string; readonly content: ContentSource },
  options: ArchivePlanOptions,
  signal?: AbortSignal,
): Promise<void> {
  const plan = new ArchivePlan(options);
  const parser = new TarParser(plan);
  try {
    for await (const chunk of decompress(readContent(archive.content, signal))) parser.write(chunk);
    parser.finish();
    plan.finish();
  } catch (error) {
    throw named(error, archive.name);
  }
}

function named(error: unknown, name: string): unknown {
  if (!(error instanceof BuildError) || (error.code !== 'ARCHIVE' && error.code !== 'UNSUPPORTED'))
    return error;
  return new BuildError(error.code, `unpacking ${name}: ${error.message}`, {
    hint: error.hint ?? 'use COPY, or ADD --unpack=false, to copy the file as it is',
    cause: error,
  });
}
