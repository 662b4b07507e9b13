import type { GitSource } from '../../request/index.ts';
import { gitEnvironment } from './git-environment.ts';
import { gitIn } from './git-program.ts';
import type { GitRequest } from './fetch-git.ts';

const WHOLE_COMMIT = /^([0-9a-f]{40}|[0-9a-f]{64})$/;

/**
 * The commit that `fetchGit` would fetch, without fetching: a whole commit as it is written, else what the server says its
 * ref is. Undefined where only fetching can tell. Throws CANCELLED, and CONTEXT where there is no git.
 */
export async function remoteCommit(request: Omit<GitRequest, 'depth'>): Promise<string | undefined> {
  const { source, directory, signal } = request;
  const { ref = 'HEAD', remote } = source;
  if (WHOLE_COMMIT.test(ref)) return ref;
  const git = gitIn(directory, gitEnvironment(source, request), signal);
  const { status, stdout } = await git.try(['ls-remote', '--quiet', '--', remote, ref, `${ref}^{}`]);
  return status === 0 ? commitOf(stdout, ref) : undefined;
}

/** In the order in which git looks a name up where it fetches; an annotated tag stands for its commit. */
function commitOf(listing: string, ref: GitSource['ref']): string | undefined {
  const commits = new Map(
    listing.split('\n').map((line) => line.split('\t', 2).reverse() as [string, string]),
  );
  const name = [ref, `refs/${ref}`, `refs/tags/${ref}`, `refs/heads/${ref}`].find((full = '') =>
    commits.has(full),
  );
  const commit = commits.get(`${name}^{}`) ?? commits.get(name ?? '');
  return commit !== undefined && WHOLE_COMMIT.test(commit) ? commit : undefined;
}
