import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { GitSource } from '../../request/index.ts';
import { checkOut } from './check-out.ts';
import { fetchCommit } from './fetch-commit.ts';
import { gitEnvironment, type GitSurroundings } from './git-environment.ts';
import { gitIn } from './git-program.ts';
import { directoryInside } from '../directory-inside.ts';

export interface GitRequest extends GitSurroundings {
  readonly source: GitSource;
  /** An existing directory in which the checkout gets a fresh one. */
  readonly directory: string;
  /** Commits of history; 1 where absent, 0 for all. */
  readonly depth?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface GitCheckout {
  /** The directory meant: of the repository, or the one in it that was asked for. */
  readonly path: string;
  readonly commit: string;
  /** When it was committed, in seconds since 1970. */
  readonly committedAt: number;
}

/**
 * Fetches one commit of a repository and checks it out, with its submodules unless they are not wanted. Without `.git`,
 * unless that is to be kept. Throws CONTEXT where git fails, the commit is another than asked for or the directory is
 * not there; messages hold no credentials.
 */
export async function fetchGit(request: GitRequest): Promise<GitCheckout> {
  const { source, signal } = request;
  const root = mkdtempSync(join(request.directory, 'git-'));
  try {
    const git = gitIn(root, gitEnvironment(source, request), signal);
    const commit = await fetchCommit(git, source, request.depth ?? 1);
    const time = await git.must('to tell the time of the commit', ['log', '-1', '--format=%ct', commit]);
    await checkOut(git, root, source, commit);
    const path = directoryInside(root, source.subdir, source.remote);
    return { path, commit, committedAt: Number(time) };
  } catch (error) {
    rmSync(root, { recursive: true, force: true });
    throw error;
  }
}
