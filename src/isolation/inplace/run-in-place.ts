import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { BuildError } from '../../errors/index.ts';
import { spawnProcess, type ProcessExit } from '../../process/index.ts';
import { parseMountInfo } from '../mount-info.ts';
import { ownStatus } from '../process-status.ts';
import { groupOptions, keptCapabilities, splitVariables } from '../sandbox/launch-command.ts';
import { makeOutputPipes } from '../sandbox/output-pipes.ts';
import type { SandboxResult, SandboxSpec } from '../sandbox/sandbox-spec.ts';
import { PlacedCopies } from './placed-copies.ts';
import { killNewSessions, presentSessions } from './sessions.ts';

const DRAIN_MS = 10_000;
const LEFTOVERS_MS = 5000;
/** Scripts of heredocs, where BuildKit has them too. */
const SCRIPTS = '/dev/pipes';

/**
 * Runs one RUN in the root of this very process, where the tree of its stage lies, and resolves when it and everything it
 * started is dead. There is nothing between RUN and the builder but its user and its capabilities. Throws UNSUPPORTED for
 * what takes namespaces, CANCELLED after an abort.
 */
export async function runInPlace(spec: SandboxSpec, signal?: AbortSignal): Promise<SandboxResult> {
  refuseNamespaces(spec);
  const copies = placeAll(spec);
  try {
    return await execute(spec, signal);
  } finally {
    copies.restore();
    rmSync(SCRIPTS, { recursive: true, force: true });
  }
}

function refuseNamespaces({ network }: SandboxSpec): void {
  if (network === 'none') {
    throw new BuildError('UNSUPPORTED', 'RUN --network=none cannot be had here: no namespace can be made', {
      hint: 'leave it out, or build where user namespaces are allowed',
    });
  }
}

function placeAll({ rootDir, scratchDir, tools, binds, mounts = [], script }: SandboxSpec): PlacedCopies {
  const aside = `${scratchDir}/aside`;
  mkdirSync(aside, { mode: 0o700 });
  const points = new Set(
    parseMountInfo(readFileSync('/proc/self/mountinfo', 'utf8')).map(({ mountPoint }) => mountPoint),
  );
  const copies = new PlacedCopies({
    root: rootDir,
    aside,
    cp: tools.cp,
    isMountPoint: (path) => points.has(path),
  });
  try {
    for (const bind of binds) copies.bind(bind);
    for (const mount of mounts) copies.mount(mount);
    if (script !== undefined) {
      mkdirSync(SCRIPTS, { recursive: true });
      writeFileSync(`${SCRIPTS}/${script.name}`, script.content);
      chmodSync(`${SCRIPTS}/${script.name}`, 0o755);
    }
    return copies;
  } catch (error) {
    copies.restore();
    throw error;
  }
}

async function execute(spec: SandboxSpec, signal: AbortSignal | undefined): Promise<SandboxResult> {
  const before = presentSessions();
  const pipes = makeOutputPipes(spec.tools.mkfifo, spec.scratchDir);
  pipes.stdout.read((chunk) => spec.onOutput('stdout', chunk));
  pipes.stderr.read((chunk) => spec.onOutput('stderr', chunk));
  try {
    const exit = await start(spec, pipes, signal);
    if (signal?.aborted === true) throw new BuildError('CANCELLED', 'RUN was cancelled');
    return { exitCode: exit.status ?? 128 + (exit.signal === null ? 0 : constants.signals[exit.signal]) };
  } finally {
    await killNewSessions(before, LEFTOVERS_MS);
    await Promise.all([pipes.stdout.drain(DRAIN_MS), pipes.stderr.drain(DRAIN_MS)]);
  }
}

async function start(
  spec: SandboxSpec,
  pipes: ReturnType<typeof makeOutputPipes>,
  signal: AbortSignal | undefined,
): Promise<ProcessExit> {
  const { command, env } = commandOf(spec);
  const [first = '', ...rest] = command;
  try {
    const child = await spawnProcess(first, rest, {
      env,
      cwd: '/',
      stdio: ['ignore', pipes.stdout.descriptor, pipes.stderr.descriptor],
      newSession: true,
    });
    const abort = (): void => void child.kill();
    signal?.addEventListener('abort', abort, { once: true });
    if (signal?.aborted === true) abort();
    try {
      return await child.exited;
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  } finally {
    pipes.stdout.release();
    pipes.stderr.release();
  }
}

/** Limits, then the user with its groups and capabilities, then the directory, then the program. */
function commandOf(spec: SandboxSpec): { readonly command: string[]; readonly env: Record<string, string> } {
  const { tools, user, limits = [] } = spec;
  const { plain, late } = splitVariables(spec);
  if (limits.length > 0 && tools.prlimit === undefined) {
    throw new BuildError('ISOLATION', 'the limits for RUN cannot be set: prlimit was not found', {
      hint: 'install util-linux, or leave ulimit out',
    });
  }
  const limited =
    tools.prlimit === undefined || limits.length === 0
      ? []
      : [tools.prlimit, ...limits.map(({ name, soft, hard }) => `--${name}=${soft}:${hard}`), '--'];
  const command = [
    ...limited,
    ...[tools.setpriv, '--pdeathsig', 'KILL', '--reuid', `${user.uid}`, '--regid', `${user.gid}`],
    ...[...groupOptions(user.groups), '--ambient-caps=-all', '--inh-caps=-all'],
    ...['--bounding-set', keptCapabilities(ownStatus().bounding), '--'],
    ...[tools.env, '-C', spec.workdir, ...late, ...spec.args],
  ];
  return { command, env: { ...plain, ...spec.secretEnv } };
}
