import { fromText } from '../../bytes/index.ts';
import { addNameFromUrl, downloadedFile, type LiteralFile } from '../../copy/index.ts';
import { isHttpSource, type CopyInstruction } from '../../dockerfile/index.ts';
import type { BuildKit } from '../kit.ts';

/** Downloads what an ADD names by URL, all at the same time; by the source as written. */
export async function fetchDownloads(
  instruction: CopyInstruction,
  kit: BuildKit,
): Promise<ReadonlyMap<string, LiteralFile>> {
  const { sources, checksum } = instruction;
  const urls = [...new Set(sources.filter(isHttpSource))];
  const files = await Promise.all(
    urls.map(async (url): Promise<[string, LiteralFile]> => {
      const name = addNameFromUrl(url);
      const { path, size, lastModified } = await kit.ports.download({ url, checksum });
      return [url, downloadedFile({ path: fromText(path), name, size, lastModified })];
    }),
  );
  return new Map(files);
}
