import { openPlainTree, type Sightings } from '../../context/index.ts';
import { isGitSource, type CopyInstruction } from '../../dockerfile/index.ts';
import { BuildError } from '../../errors/index.ts';
import { checkCommit, parseGitSource, type GitSource } from '../../request/index.ts';
import type { RootView } from '../../rootfs/index.ts';
import { noteCommit } from '../cache/remote-parts.ts';
import type { BuildKit } from '../kit.ts';
import type { RepositoryRequest } from '../ports.ts';

/**
 * Fetches the git repositories an ADD names, all at the same time; their trees by the source as written. `sightings` are told
 * what came.
 */
export async function fetchRepositories(
  instruction: CopyInstruction,
  { ports }: BuildKit,
  sightings: Sightings | undefined,
): Promise<ReadonlyMap<string, RootView>> {
  const urls = [...new Set(instruction.sources.filter(isGitSource))];
  const trees = await Promise.all(
    urls.map(async (url): Promise<[string, RootView]> => {
      const { path, commit } = await ports.fetchRepository(repositoryRequest(url, instruction));
      if (sightings !== undefined) noteCommit(url, commit, sightings);
      return [url, openPlainTree(path)];
    }),
  );
  return new Map(trees);
}

/** How a repository that an ADD names is to be fetched. Throws DOCKERFILE_SEMANTICS where URL and flags disagree. */
export function repositoryRequest(url: string, { keepGitDir, checksum }: CopyInstruction): RepositoryRequest {
  const source = parseGitSource(url, { shortForms: false });
  if (source === undefined) throw new BuildError('INTERNAL', 'what ADD names is no git repository');
  if (checksum !== undefined) checkCommit(checksum);
  return {
    url,
    keepGitDir: agreedKeepGitDir(source, keepGitDir),
    checksum: agreedChecksum(source, checksum?.toLowerCase()),
  };
}

function agreedKeepGitDir({ keepGitDir: inUrl }: GitSource, flag: boolean | undefined): boolean {
  if (inUrl !== undefined && flag !== undefined && inUrl !== flag)
    throw new BuildError('DOCKERFILE_SEMANTICS', 'inconsistent keep-git-dir configuration', {
      hint: 'say it once: in the URL or by --keep-git-dir',
    });
  return inUrl ?? flag ?? false;
}

function agreedChecksum({ checksum: inUrl }: GitSource, flag: string | undefined): string | undefined {
  if (inUrl === undefined || flag === undefined || inUrl === flag) return inUrl ?? flag;
  throw new BuildError(
    'DOCKERFILE_SEMANTICS',
    `checksum mismatch ${JSON.stringify(flag)} != ${JSON.stringify(inUrl)}`,
    { hint: 'say it once: in the URL or by --checksum' },
  );
}
