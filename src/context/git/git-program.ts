import { BuildError, redact } from '../../errors/index.ts';
import { findProgram, run, type RunResult } from '../../process/index.ts';

/** Lines of git's complaint that are shown. */
const SHOWN_LINES = 6;

/** Modes in a checkout depend on nothing of this machine. */
const WITH_UMASK = ['-c', 'umask 022 && exec "$0" "$@"'];

/** git at work in one directory. */
export interface Git {
  /** Its standard output. Throws CONTEXT with git's own words where it fails; `what` says what it was to do. */
  must(what: string, args: readonly string[]): Promise<string>;
  /** How it ended. Throws CANCELLED after an abort. */
  try(args: readonly string[]): Promise<RunResult>;
}

/** The machine's git in a directory with exactly this environment. Throws CONTEXT where there is no git. */
export function gitIn(directory: string, env: Readonly<Record<string, string>>, signal?: AbortSignal): Git {
  const program = findProgram('git', env['PATH'] ?? '');
  if (program === undefined) {
    throw new BuildError('CONTEXT', 'git is not installed on this machine', {
      hint: 'install git, or check the repository out first and give the directory',
    });
  }
  const shell = findProgram('sh', env['PATH'] ?? '') ?? '/bin/sh';
  const attempt = async (args: readonly string[]): Promise<RunResult> => {
    const result = await run(shell, [...WITH_UMASK, program, ...args], { cwd: directory, env, signal });
    if (signal?.aborted === true) throw new BuildError('CANCELLED', 'the build was cancelled');
    return result;
  };
  return {
    try: attempt,
    must: async (what, args) => {
      const result = await attempt(args);
      if (result.status === 0) return result.stdout;
      throw gitFailure(what, result);
    },
  };
}

/** The error for a git that failed. */
export function gitFailure(what: string, { stderr, status }: RunResult): BuildError {
  const lines = redact(stderr)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('hint:'));
  const said = lines.slice(-SHOWN_LINES).join('; ');
  return new BuildError('CONTEXT', `${what}: ${said === '' ? `git ended with status ${status}` : said}`, {
    hint: hintFor(said),
  });
}

function hintFor(said: string): string | undefined {
  if (/could not read Username|Authentication failed|terminal prompts disabled|HTTP 40[13]/i.test(said))
    return 'the repository needs a login: set GIT_AUTH_TOKEN.<host> (github-token in the action)';
  if (/Permission denied \(publickey|Host key verification failed/i.test(said))
    return 'ssh uses the keys and known hosts of this machine: start an agent (SSH_AUTH_SOCK), add the host to known_hosts';
  if (/HTTP 30\d|returned error: 30\d|redirect/i.test(said))
    return 'the repository moved: give its new URL; credentials are not sent on to another place';
  if (/transport '.*' not allowed/i.test(said))
    return 'repositories and submodules are fetched by https, http, ssh and git only';
  if (/couldn't find remote ref|not our ref/i.test(said)) return 'check the branch, tag or commit';
  return undefined;
}
