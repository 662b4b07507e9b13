import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { toBuildError } from '../../errors/index.ts';
import { findProgram, type ChildHandle } from '../../process/index.ts';
import type { Backend } from '../backend/backend.ts';
import { oneUserCommand } from '../recorder/one-user-command.ts';
import { startInside } from '../backend/start-inside.ts';

/**
 * A probe that takes longer hangs. The whole lot normally takes a quarter of a second; a machine with ten times the work
 * it has processors for needs more than three seconds.
 */
export const LIMIT_MS = 15_000;

/** What was tried inside a backend, in this order; later ones do not depend on earlier ones. */
const TRIALS = ['root', 'mount', 'chown', 'overlay', 'proc'] as const;
type TrialName = (typeof TRIALS)[number];

/** For each trial undefined where it went well, else the error text; or why the backend could not even be entered. */
export type TrialResult =
  | { readonly entered: true; readonly failures: Readonly<Partial<Record<TrialName, string>>> }
  | { readonly entered: false; readonly reason: string };

/**
 * Does once what a build does: mounts, changes owners, renames and deletes directories of an overlay's lower (which
 * mounts well but fails with EIO where overlayfs may not write its own attributes), mounts a new proc.
 * $1 overlay options, $2 owner, $3 a shell, $4 what the building process is executed by, then the words that let a program's child change owners; the working directory
 * is empty.
 */
const SCRIPT = `
try() { name=$1; shift; if said=$("$@" 2>&1); then echo "$name ok"; else echo "$name failed $said" | tr '\\n' ' '; echo; fi; }
root() {
  [ "$(id -u)" = 0 ] || { echo "uid is $(id -u)"; return 1; }
  [ -x "$program" ] || { echo "root of the namespace may not execute $program"; return 1; }
}
tmpfs() { mkdir m && mount -n -t tmpfs tmpfs m; }
chowned() { owner=$1; shift; : >owned && "$@" "$sh" -c 'chown "$1" owned && :' sh "$owner"; }
overlay() {
  mkdir -p l/a l/b u w o && : >l/a/f && : >l/b/f &&
  mount -n -t overlay -o "lowerdir=l,upperdir=u,workdir=w,$1" overlay o &&
  mv o/a o/c && rm -rf o/b && ls o/c/f
}
proc() { mkdir p && unshare --mount --pid --fork --kill-child -- mount -n -t proc proc p; }
options=$1; owner=$2; sh=$3; program=$4; shift 4
try root root; try mount tmpfs; try chown chowned "$owner" "$@"; try overlay overlay "$options"; try proc proc
rm -rf ./owned; umount -n o m 2>/dev/null; rm -rf ./l ./u ./w ./o ./m ./p
`;

/** Enters a backend and tries everything in `directory`, which must be empty and is left empty where that is possible. */
export async function tryInside(
  backend: Backend,
  directory: string,
  env: Readonly<Record<string, string>>,
): Promise<TrialResult> {
  const deadline = delay(LIMIT_MS, 'late' as const, { ref: false });
  const program = (name: string): string => findProgram(name, env['PATH'] ?? '') ?? `/bin/${name}`;
  const tools = { sh: program('sh'), mkfifo: program('mkfifo') };
  const { oneUser, userxattr } = backend;
  const starting = startInside(
    backend,
    [
      ...[tools.sh, '-c', SCRIPT, 'sh'],
      ...[
        userxattr ? 'userxattr' : 'redirect_dir=off,metacopy=off,index=off',
        '1:1',
        tools.sh,
        process.execPath,
      ],
      ...(oneUser === undefined ? [] : oneUserCommand(oneUser, { directory, log: '/dev/null' }, tools)),
    ],
    { env: { ...env, LC_ALL: 'C' }, cwd: directory, stdio: ['pipe', 'pipe', 'pipe'] },
  );
  try {
    const child = await Promise.race([starting, deadline]);
    if (child === 'late') return late();
    const result = await Promise.race([finish(child), deadline]);
    if (result !== 'late') return result;
    child.kill();
    return late();
  } catch (error) {
    return { entered: false, reason: toBuildError(error).message };
  }
}

function late(): TrialResult {
  return { entered: false, reason: `no answer within ${LIMIT_MS / 1000} seconds` };
}

async function finish(child: ChildHandle): Promise<TrialResult> {
  const [output, said] = await Promise.all([textOf(child.stdout), textOf(child.stderr), child.exited]);
  return readReport(output, said);
}

async function textOf(stream: Readable | null): Promise<string> {
  return stream === null ? '' : text(stream);
}

/** Reads what the script printed; `said` is what came on stderr. */
export function readReport(output: string, said: string): TrialResult {
  const lines = output.split('\n');
  if (!lines.some((line) => line.startsWith('root '))) {
    return { entered: false, reason: said.trim() || 'nothing could be started inside' };
  }
  const failures = TRIALS.flatMap((name): [TrialName, string][] => {
    const line = lines.find((candidate) => candidate.startsWith(`${name} `));
    if (line === `${name} ok`) return [];
    return [[name, line?.slice(`${name} failed `.length).trim() || 'no result']];
  });
  return { entered: true, failures: Object.fromEntries(failures) };
}
