import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { constants } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { BuildError } from '../../errors/index.ts';
import { killTree, spawnProcess, type ChildHandle } from '../../process/index.ts';
import { makeDevTemplate } from '../sandbox/dev-template.ts';
import { readRecording } from '../recorder/recording.ts';
import { makeOutputPipes, type OutputPipe } from '../sandbox/output-pipes.ts';
import type { SandboxResult, SandboxSpec } from '../sandbox/sandbox-spec.ts';
import { prootCommand, prootEnvironment, systemBinds } from './proot-command.ts';
import { prootMounts } from './proot-mounts.ts';
import { prootRecord, prootSettings, type ProotProgram } from './proot-program.ts';

const DRAIN_MS = 10_000;
const GRACE_MS = 500;
/** What proot says, and nothing else, where it cannot start a program. */
const START_FAILURE = /^proot error: ([^\n]*)/;

/**
 * Runs one RUN by proot(1), as the user we are, and resolves when it and what it started is dead. Nothing keeps a hostile
 * program in its root. Throws UNSUPPORTED for what needs namespaces, and CANCELLED after an abort.
 */
export async function runInProot(
  spec: SandboxSpec,
  proot: ProotProgram,
  signal?: AbortSignal,
): Promise<SandboxResult> {
  throwIfCancelled(signal);
  if (spec.network === 'none') {
    throw new BuildError('UNSUPPORTED', 'RUN cannot be cut off from the network here', {
      hint: 'this needs user namespaces; leave --network=none out, or build where they can be made',
    });
  }
  const directory = mkdtempSync(`${spec.scratchDir}/run-`);
  const mounts = await prootMounts(spec.mounts, directory);
  try {
    const devices = `${directory}/dev`;
    makeDevTemplate(devices, false, spec.script);
    const binds = [...systemBinds(devices), ...spec.binds, ...mounts.binds];
    const started = {
      command: prootCommand(spec, proot.path, binds),
      env: prootEnvironment(spec, prootSettings(proot, directory)),
    };
    const result = await execute(spec, started, directory, signal);
    const record = prootRecord(directory);
    return existsSync(record) ? { ...result, recording: readRecording(record, spec.user) } : result;
  } finally {
    await mounts.remove();
    rmSync(directory, { recursive: true, force: true });
  }
}

interface Started {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

async function execute(
  spec: SandboxSpec,
  started: Started,
  directory: string,
  signal: AbortSignal | undefined,
): Promise<SandboxResult> {
  const pipes = makeOutputPipes(spec.tools.mkfifo, directory);
  let began = '';
  pipes.stdout.read((chunk) => spec.onOutput('stdout', chunk));
  pipes.stderr.read((chunk) => {
    if (began.length < 4096) began += Buffer.from(chunk).toString('utf8');
    spec.onOutput('stderr', chunk);
  });
  try {
    const exitCode = await supervise(await start(spec, started, pipes), signal);
    await drain(pipes);
    throwIfCancelled(signal);
    const startFailure = exitCode === 0 ? undefined : START_FAILURE.exec(began)?.[1];
    return { exitCode: startFailure === undefined ? exitCode : 127, startFailure };
  } finally {
    await drain(pipes);
  }
}

/** It kills all it traces on SIGABRT, and not when it is killed. */
async function start(
  { tools, limits = [] }: SandboxSpec,
  { command, env }: Started,
  pipes: { readonly stdout: OutputPipe; readonly stderr: OutputPipe },
): Promise<ChildHandle> {
  const limited = limits.map(({ name, soft, hard }) => `--${name}=${soft}:${hard}`);
  const limiter = limited.length === 0 ? [] : [requiredPrlimit(tools), ...limited, '--'];
  try {
    return await spawnProcess(tools.setpriv, ['--pdeathsig', 'ABRT', '--', ...limiter, ...command], {
      env,
      cwd: '/',
      stdio: ['ignore', pipes.stdout.descriptor, pipes.stderr.descriptor],
      newSession: true,
    });
  } finally {
    pipes.stdout.release();
    pipes.stderr.release();
  }
}

async function supervise(child: ChildHandle, signal: AbortSignal | undefined): Promise<number> {
  const abort = (): void => void kill(child);
  signal?.addEventListener('abort', abort, { once: true });
  if (signal?.aborted === true) abort();
  try {
    const { status, signal: ended } = await child.exited;
    return status ?? 128 + (ended === null ? 0 : constants.signals[ended]);
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}

async function kill(child: ChildHandle): Promise<void> {
  child.kill('SIGABRT');
  await Promise.race([child.exited, delay(GRACE_MS, undefined, { ref: false })]);
  killTree(child.pid);
}

async function drain(pipes: { readonly stdout: OutputPipe; readonly stderr: OutputPipe }): Promise<void> {
  await Promise.all([pipes.stdout.drain(DRAIN_MS), pipes.stderr.drain(DRAIN_MS)]);
}

function requiredPrlimit({ prlimit }: SandboxSpec['tools']): string {
  if (prlimit !== undefined) return prlimit;
  throw new BuildError('ISOLATION', 'the limits for RUN cannot be set: prlimit was not found', {
    hint: 'install util-linux, or leave ulimit out',
  });
}

function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new BuildError('CANCELLED', 'RUN was cancelled');
}
