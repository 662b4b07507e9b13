import { fetchGit, type SourceTools } from '../context/index.ts';
import { BuildError } from '../errors/index.ts';
import { parseGitSource } from '../request/index.ts';

/** A repository that a Dockerfile names, and how ADD wants it. */
export interface RepositoryCall {
  readonly url: string;
  readonly keepGitDir: boolean;
  readonly checksum?: string | undefined;
}

/** Fetches a repository for ADD; where it lies. Throws what fetchGit throws. */
export async function fetchRepository(
  { url, keepGitDir, checksum }: RepositoryCall,
  { directory, env, credentials, signal, say }: SourceTools,
): Promise<{ readonly path: string }> {
  const source = parseGitSource(url, { shortForms: false });
  if (source === undefined) throw new BuildError('INTERNAL', 'what ADD names is no git repository');
  say(`fetching ${source.remote}${source.ref === undefined ? '' : ` (${source.ref})`}`);
  const wanted = { ...source, keepGitDir, checksum: checksum ?? source.checksum };
  const { path } = await fetchGit({ source: wanted, directory, env, credentials, signal });
  return { path };
}
