import { fromText } from '../../bytes/index.ts';
import { addNameFromUrl, downloadedFile, type LiteralFile } from '../../copy/index.ts';
import type { Sightings } from '../../context/index.ts';
import { isHttpSource, type CopyInstruction } from '../../dockerfile/index.ts';
import { noteDownload } from '../cache/remote-parts.ts';
import type { BuildKit } from '../kit.ts';

/** Downloads what an ADD names by URL, all at the same time; by the source as written. `sightings` are told what came. */
export async function fetchDownloads(
  instruction: CopyInstruction,
  kit: BuildKit,
  sightings: Sightings | undefined,
): Promise<ReadonlyMap<string, LiteralFile>> {
  const { sources, checksum } = instruction;
  const urls = [...new Set(sources.filter(isHttpSource))];
  const files = await Promise.all(
    urls.map(async (url): Promise<[string, LiteralFile]> => {
      const name = addNameFromUrl(url);
      const download = await kit.ports.download({ url, checksum });
      // One with a checksum can be no other.
      if (sightings !== undefined && checksum === undefined) noteDownload(url, download, sightings);
      const { path, size, lastModified } = download;
      return [url, downloadedFile({ path: fromText(path), name, size, lastModified })];
    }),
  );
  return new Map(files);
}
