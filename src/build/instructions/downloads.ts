import { fromText } from '../../bytes/index.ts';
import { addNameFromUrl, downloadedFile, parseChecksum, type LiteralFile } from '../../copy/index.ts';
import type { CopyInstruction } from '../../dockerfile/index.ts';
import { BuildError } from '../../errors/index.ts';
import type { BuildKit } from '../kit.ts';
import { isGitSource, isHttpSource } from './source-kinds.ts';

/** Downloads what an ADD names by URL, all at the same time; by the source as written. */
export async function fetchDownloads(
  instruction: CopyInstruction,
  kit: BuildKit,
): Promise<ReadonlyMap<string, LiteralFile>> {
  const { sources, checksum } = instruction;
  const urls = [...new Set(sources.filter(isHttpSource))];
  if (checksum !== undefined) checkChecksum(checksum, sources);
  const files = await Promise.all(
    urls.map(async (url): Promise<[string, LiteralFile]> => {
      const name = addNameFromUrl(url);
      const { path, size, lastModified } = await kit.ports.download({ url, checksum });
      return [url, downloadedFile({ path: fromText(path), name, size, lastModified })];
    }),
  );
  return new Map(files);
}

function checkChecksum(checksum: string, sources: readonly string[]): void {
  const [only, ...more] = sources;
  if (more.length > 0)
    throw new BuildError('DOCKERFILE_SEMANTICS', "checksum can't be specified for multiple sources");
  if (only !== undefined && isGitSource(only)) return;
  if (only === undefined || !isHttpSource(only))
    throw new BuildError('DOCKERFILE_SEMANTICS', 'checksum requires HTTP(S) or Git sources');
  parseChecksum(checksum);
}
