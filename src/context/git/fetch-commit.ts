import { BuildError } from '../../errors/index.ts';
import type { GitSource } from '../../request/index.ts';
import { gitFailure, type Git } from './git-program.ts';

const WHOLE_COMMIT = /^([0-9a-f]{40}|[0-9a-f]{64})$/i;
const PART_OF_COMMIT = /^[0-9a-f]{7,63}$/i;
/** The repository is fresh: there is no work to be lost on a branch that is replaced. */
const FETCH = ['fetch', '--quiet', '--force', '--update-head-ok'];
const ALL_REFS = ['+refs/heads/*:refs/remotes/origin/*', '+refs/tags/*:refs/tags/*'];

/** Makes the repository in git's directory and fetches what is meant; the commit's whole name. Throws CONTEXT. */
export async function fetchCommit(git: Git, source: GitSource, depth: number): Promise<string> {
  const what = `cannot fetch ${source.remote}`;
  await git.must(what, ['init', '--quiet', '--template=']);
  // Relative URLs of submodules count from it.
  await git.must(what, ['config', 'remote.origin.url', source.remote]);
  const found = (await fetchRef(git, source, depth)) ?? (await fetchAll(git, source));
  const commit = (await git.must(what, ['rev-parse', '--verify', '--quiet', `${found}^{commit}`])).trim();
  if (source.checksum !== undefined) await verify(git, source, found, commit);
  return commit;
}

/** Fetches one ref, or one commit where the server lets us; undefined where only fetching all can tell. */
async function fetchRef(git: Git, source: GitSource, depth: number): Promise<string | undefined> {
  const { ref = 'HEAD', remote } = source;
  const shallow = depth === 0 ? [] : [`--depth=${depth}`];
  const fetch = (options: readonly string[]): ReturnType<Git['try']> =>
    git.try([...FETCH, '--no-tags', ...options, '--', 'origin', refspec(ref)]);
  let result = await fetch(shallow);
  // Servers without history to cut off (dumb http) say so.
  if (result.status !== 0 && /shallow|--depth/.test(result.stderr)) result = await fetch([]);
  if (result.status === 0) return 'FETCH_HEAD';
  const mayBeHidden = WHOLE_COMMIT.test(ref) || PART_OF_COMMIT.test(ref);
  if (mayBeHidden && isNotFound(result.stderr)) return undefined;
  throw gitFailure(`cannot fetch ${remote}${source.ref === undefined ? '' : ` (${ref})`}`, result);
}

/** Named refs are kept under their names, so that a checkout that keeps `.git` knows them. */
function refspec(ref: string): string {
  return ref.startsWith('refs/') ? `${ref}:${ref}` : ref;
}

function isNotFound(stderr: string): boolean {
  return /couldn't find remote ref|not our ref|unadvertised object|does not allow request/i.test(stderr);
}

/** A commit that the server does not give by its name lies in the history of some ref. */
async function fetchAll(git: Git, { ref = 'HEAD', remote }: GitSource): Promise<string> {
  const what = `cannot fetch ${remote} (${ref})`;
  await git.must(what, [...FETCH, '--', 'origin', ...ALL_REFS]);
  const found = await git.try(['rev-parse', '--verify', '--quiet', `${ref}^{commit}`]);
  if (found.status === 0) return ref;
  throw new BuildError('CONTEXT', `${remote} does not contain ${ref}`, {
    hint: 'check the branch, tag or commit; a commit needs at least 7 digits',
  });
}

/** A checksum may name the commit, or the annotated tag that leads to it. */
async function verify(git: Git, source: GitSource, found: string, commit: string): Promise<void> {
  const { checksum = '', remote, ref = 'HEAD' } = source;
  const object = (
    await git.must(`cannot read ${remote}`, ['rev-parse', '--verify', '--quiet', found])
  ).trim();
  if (commit.startsWith(checksum) || object.startsWith(checksum)) return;
  throw new BuildError(
    'CONTENT',
    `expected checksum to match ${checksum}, got ${commit} for ${ref} of ${remote}`,
    {
      hint: 'the branch or tag moved since the checksum was written',
    },
  );
}
