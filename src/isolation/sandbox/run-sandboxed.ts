import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { BuildError } from '../../errors/index.ts';
import { spawnProcess, type ChildHandle, type ProcessExit } from '../../process/index.ts';
import { isMapped, parseIdMap } from '../id-map.ts';
import { ownStatus } from '../process-status.ts';
import { readRecording } from '../recorder/recording.ts';
import { separateLauncherMessages } from './exec-failure.ts';
import { launchCommand } from './launch-command.ts';
import { killLeftovers, namespaceOf, noteRunning } from './leftovers.ts';
import { makeOutputPipes, type OutputPipe } from './output-pipes.ts';
import { killSandbox } from './kill-sandbox.ts';
import { awaitReady } from './readiness.ts';
import type { SandboxResult, SandboxSpec, SandboxUser } from './sandbox-spec.ts';
import { launchScript } from './setup-script.ts';
import { prepareWorkspace } from './workspace.ts';

/** Output that is still in the pipes after the last writer died is read at once; this only bounds a stalled machine. */
const DRAIN_MS = 10_000;
const LEFTOVERS_MS = 5000;

/**
 * Runs one RUN in namespaces of its own and resolves when it and everything it started is dead. Must be called where
 * we are root, see startInside. Throws ISOLATION where the sandbox cannot be built, UNSUPPORTED for a user or an
 * environment that cannot be had here, and CANCELLED after an abort, which kills the whole tree.
 */
export async function runSandboxed(spec: SandboxSpec, signal?: AbortSignal): Promise<SandboxResult> {
  throwIfCancelled(signal);
  if (spec.oneUser === undefined) checkUserExists(spec.user);
  const status = ownStatus();
  const workspace = prepareWorkspace(spec, status);
  const { script, directory, files } = workspace;
  try {
    const command = launchCommand(spec, status.bounding, files);
    const result = await execute(spec, { command, script, directory }, signal);
    return existsSync(files.log) ? { ...result, recording: readRecording(files.log) } : result;
  } finally {
    workspace.remove();
  }
}

interface Prepared {
  readonly command: readonly string[];
  readonly script: string;
  readonly directory: string;
}

async function execute(
  spec: SandboxSpec,
  { command, script, directory }: Prepared,
  signal: AbortSignal | undefined,
): Promise<SandboxResult> {
  const pipes = makeOutputPipes(spec.tools.mkfifo, directory);
  const messages = separateLauncherMessages({ program: spec.args[0] ?? '', workdir: spec.workdir }, (chunk) =>
    spec.onOutput('stderr', chunk),
  );
  pipes.stdout.read((chunk) => spec.onOutput('stdout', chunk));
  pipes.stderr.read((chunk) => messages.chunk(chunk));
  try {
    const child = await startShell(spec, pipes);
    const exitCode = shellStatus(await supervise(spec, child, { command, script }, signal));
    await drain(pipes);
    throwIfCancelled(signal);
    const startFailure = messages.finish(exitCode);
    if (startFailure !== undefined) spec.onOutput('stderr', Buffer.from(`${startFailure}\n`));
    return { exitCode, startFailure };
  } finally {
    await drain(pipes);
  }
}

/** A shell in new namespaces that dies when we do, waiting for its script. */
async function startShell(
  spec: SandboxSpec,
  pipes: { readonly stdout: OutputPipe; readonly stderr: OutputPipe },
): Promise<ChildHandle> {
  const { tools } = spec;
  const namespaces = [
    ...['--mount', '--ipc', '--uts'],
    ...(spec.network === 'none' ? ['--net'] : []),
    ...(spec.ownProc ? ['--pid', '--fork', '--kill-child'] : []),
  ];
  try {
    return await spawnProcess(
      tools.setpriv,
      ['--pdeathsig', 'KILL', '--', tools.unshare, ...namespaces, '--', tools.sh],
      {
        // Messages of the launcher are recognised by their English text; the rest of RUN's environment is set later.
        env: { LC_ALL: 'C' },
        cwd: '/',
        stdio: ['pipe', pipes.stdout.descriptor, pipes.stderr.descriptor, 'pipe'],
        // Keys pressed at our terminal (Ctrl-C) must not reach RUN before we decide what becomes of it.
        newSession: true,
      },
    );
  } finally {
    pipes.stdout.release();
    pipes.stderr.release();
  }
}

/** Feeds the shell its two scripts and sees it to its end, and everything it started. */
async function supervise(
  spec: SandboxSpec,
  child: ChildHandle,
  scripts: { readonly command: readonly string[]; readonly script: string },
  signal: AbortSignal | undefined,
): Promise<ProcessExit> {
  const abort = (): void => void killSandbox(child);
  signal?.addEventListener('abort', abort, { once: true });
  if (signal?.aborted === true) abort();
  // A shell that ended early reads no more; its messages tell why.
  child.stdin?.on('error', () => undefined);
  let mountNamespace: string | undefined;
  try {
    child.stdin?.write(scripts.script);
    const { ready, messages } = await awaitReady(child);
    if (ready) {
      mountNamespace = spec.ownProc ? undefined : namespaceOf(child.pid, 'mnt');
      if (mountNamespace !== undefined) noteRunning(mountNamespace);
      child.stdin?.end(launchScript(scripts.command, spec.secretEnv));
    }
    const exit = await child.exited;
    throwIfCancelled(signal);
    if (!ready) throw setupFailure(messages, exit);
    return exit;
  } finally {
    signal?.removeEventListener('abort', abort);
    if (mountNamespace !== undefined) await killLeftovers(mountNamespace, LEFTOVERS_MS);
  }
}

async function drain(pipes: { readonly stdout: OutputPipe; readonly stderr: OutputPipe }): Promise<void> {
  await Promise.all([pipes.stdout.drain(DRAIN_MS), pipes.stderr.drain(DRAIN_MS)]);
}

function setupFailure(messages: string, exit: ProcessExit): BuildError {
  const text = messages.trim() || `the setup ended with status ${exit.status ?? exit.signal}`;
  return new BuildError('ISOLATION', `the sandbox for RUN could not be set up: ${text}`, {
    hint: 'run "ts-kaniko doctor" on this machine: it tries what RUN needs and says what is refused',
  });
}

/** As a shell counts: 128 and the signal's number where a signal ended it. */
function shellStatus({ status, signal }: ProcessExit): number {
  return status ?? 128 + (signal === null ? 0 : constants.signals[signal]);
}

/** An id without a counterpart outside cannot be taken on in a user namespace. */
function checkUserExists(user: SandboxUser): void {
  const users = parseIdMap(readFileSync('/proc/self/uid_map', 'utf8'));
  const groups = parseIdMap(readFileSync('/proc/self/gid_map', 'utf8'));
  const missing = [
    ...(isMapped(users, user.uid) ? [] : [`user ${user.uid}`]),
    ...[user.gid, ...user.groups].filter((gid) => !isMapped(groups, gid)).map((gid) => `group ${gid}`),
  ];
  if (missing.length === 0) return;
  throw new BuildError(
    'UNSUPPORTED',
    `RUN cannot be executed as ${missing.join(', ')}: no such id in this sandbox`,
    {
      hint: 'use a smaller id, or widen the range of this user in /etc/subuid and /etc/subgid',
    },
  );
}

function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new BuildError('CANCELLED', 'RUN was cancelled');
}
