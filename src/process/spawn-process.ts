import { spawn, type StdioOptions } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { BuildError } from '../errors/index.ts';

/** How a child process ended. */
export interface ProcessExit {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A child process that runs beside this one. */
export interface ChildHandle {
  readonly pid: number;
  /** Null where the descriptor was not asked for as a pipe. */
  readonly stdin: Writable | null;
  readonly stdout: Readable | null;
  readonly stderr: Readable | null;
  /** Every descriptor by number, as far as it is a pipe. */
  readonly pipes: readonly (Readable | Writable | null | undefined)[];
  /** Resolves when the process ended, even while others still hold its output open. Never rejects. */
  readonly exited: Promise<ProcessExit>;
  /** False where there is nothing left to signal. */
  kill(signal?: NodeJS.Signals): boolean;
}

export interface SpawnSettings {
  /** The whole environment; that of this process where absent. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly cwd?: string | undefined;
  /** What becomes of descriptors 0, 1, 2 …: a pipe, nothing, ours, or an open descriptor. */
  readonly stdio: readonly ('pipe' | 'ignore' | 'inherit' | number)[];
  /** A session and process group of its own, without a controlling terminal. */
  readonly newSession?: boolean | undefined;
}

/**
 * Starts a program without a shell and returns as soon as it runs. Rejects with a FILESYSTEM error
 * where it cannot be started (missing, not executable).
 */
export async function spawnProcess(
  command: string,
  args: readonly string[],
  settings: SpawnSettings,
): Promise<ChildHandle> {
  const { env, cwd, stdio, newSession } = settings;
  const child = spawn(command, [...args], {
    stdio: [...stdio] as StdioOptions,
    detached: newSession ?? false,
    ...(env === undefined ? {} : { env: { ...env } }),
    ...(cwd === undefined ? {} : { cwd }),
  });
  const exited = new Promise<ProcessExit>((resolve) => {
    child.once('exit', (status, signal) => resolve({ status, signal }));
  });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (error) =>
      reject(new BuildError('FILESYSTEM', `cannot start ${command}: ${error.message}`, { cause: error })),
    );
  });
  // Errors after the start only tell that a signal could not be sent.
  child.on('error', () => undefined);
  return {
    pid: child.pid as number,
    stdin: child.stdin,
    stdout: child.stdout,
    stderr: child.stderr,
    pipes: child.stdio,
    exited,
    kill: (signal = 'SIGKILL') => child.kill(signal),
  };
}
