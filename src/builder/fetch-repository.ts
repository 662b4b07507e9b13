import type { Repository } from '../build/index.ts';
import { fetchGit, remoteCommit, type SourceTools } from '../context/index.ts';
import { BuildError } from '../errors/index.ts';
import { parseGitSource, type GitSource } from '../request/index.ts';

/** A repository that a Dockerfile names, and how ADD wants it. */
export interface RepositoryCall {
  readonly url: string;
  readonly keepGitDir: boolean;
  readonly checksum?: string | undefined;
}

/** Fetches a repository for ADD. Throws what fetchGit throws. */
export async function fetchRepository(
  call: RepositoryCall,
  { directory, env, credentials, signal, say }: SourceTools,
): Promise<Repository> {
  const source = sourceOf(call);
  say(`fetching ${source.remote}${source.ref === undefined ? '' : ` (${source.ref})`}`);
  const { path, commit } = await fetchGit({ source, directory, env, credentials, signal });
  return { path, commit };
}

/** The commit that would be fetched; undefined where only fetching can tell. Throws what remoteCommit throws. */
export function commitOf(
  call: RepositoryCall,
  { directory, env, credentials, signal }: SourceTools,
): Promise<string | undefined> {
  return remoteCommit({ source: sourceOf(call), directory, env, credentials, signal });
}

function sourceOf({ url, keepGitDir, checksum }: RepositoryCall): GitSource {
  const source = parseGitSource(url, { shortForms: false });
  if (source === undefined) throw new BuildError('INTERNAL', 'what ADD names is no git repository');
  return { ...source, keepGitDir, checksum: checksum ?? source.checksum };
}
