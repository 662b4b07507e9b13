import { chmodSync, existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type BytePath, fromText, joinPath, toFs } from '../../bytes/index.ts';
import type { GitSource } from '../../request/index.ts';
import { gitFailure, type Git } from './git-program.ts';

const GIT_DIRECTORY = '.git';

/** Puts the files of a fetched commit into `root`, the directory of git, submodules with them. Throws CONTEXT. */
export async function checkOut(git: Git, root: string, source: GitSource, commit: string): Promise<void> {
  const what = `cannot check out ${source.remote}`;
  await git.must(what, ['checkout', '--quiet', '--force', '--detach', commit]);
  const hasSubmodules = source.submodules !== false && existsSync(join(root, '.gitmodules'));
  if (hasSubmodules) await updateSubmodules(git, source);
  chmodSync(root, 0o755);
  if (source.keepGitDir === true && source.subdir === undefined) return tidy(git, root, what);
  rmSync(join(root, GIT_DIRECTORY), { recursive: true, force: true });
  if (hasSubmodules) removeSubmoduleLinks(fromText(root));
}

async function updateSubmodules(git: Git, { remote }: GitSource): Promise<void> {
  const update = ['submodule', '--quiet', 'update', '--init', '--recursive', '--force'];
  const shallow = await git.try([...update, '--depth=1']);
  if (shallow.status === 0) return;
  // A commit that the server does not give by its name needs the whole history.
  const whole = await git.try(update);
  if (whole.status !== 0) throw gitFailure(`cannot fetch the submodules of ${remote}`, whole);
}

/** Each submodule has a `.git` that leads into the one that was removed; no commit holds anything of that name. */
function removeSubmoduleLinks(directory: BytePath): void {
  for (const entry of readdirSync(toFs(directory), { withFileTypes: true, encoding: 'latin1' })) {
    const path = joinPath(directory, entry.name as BytePath);
    if (entry.name === GIT_DIRECTORY) rmSync(toFs(path), { recursive: true, force: true });
    else if (entry.isDirectory()) removeSubmoduleLinks(path);
  }
}

/** Nothing in a `.git` that is kept may differ from one fetch of the same commit to the next without need. */
async function tidy(git: Git, root: string, what: string): Promise<void> {
  await git.must(what, ['reflog', 'expire', '--all', '--expire=now']);
  rmSync(join(root, GIT_DIRECTORY, 'FETCH_HEAD'), { force: true });
}
