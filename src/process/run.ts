import { setTimeout as delay } from 'node:timers/promises';
import type { Readable, Writable } from 'node:stream';
import type { RunOptions, RunResult } from './run-options.ts';
import { spawnProcess, type ChildHandle } from './spawn-process.ts';
import { BuildError } from '../errors/index.ts';

/** How long output may still arrive after the program itself ended; a daemon it left may hold the pipe for ever. */
const DRAIN_MS = 200;

/**
 * Runs a program to its end beside other work and returns its status and outputs. Waits for the program itself, not
 * for those it left behind. An aborted signal kills it.
 */
export async function run(
  command: string,
  args: readonly string[],
  options: RunOptions & { readonly signal?: AbortSignal | undefined } = {},
): Promise<RunResult> {
  const { input, env, timeoutMs, cwd, signal } = options;
  let child: ChildHandle;
  try {
    child = await spawnProcess(command, args, { env, cwd, stdio: ['pipe', 'pipe', 'pipe'] });
  } catch (error) {
    return { status: null, signal: null, stdout: '', stderr: '', errorCode: causeCode(error) };
  }
  let timedOut = false;
  const timer =
    timeoutMs === undefined
      ? undefined
      : setTimeout(() => {
          timedOut = true;
          child.kill();
        }, timeoutMs);
  const abort = (): void => void child.kill();
  signal?.addEventListener('abort', abort, { once: true });
  if (signal?.aborted === true) abort();
  feed(child.stdin, input);
  const stdout = collect(child.stdout);
  const stderr = collect(child.stderr);
  const exit = await child.exited;
  clearTimeout(timer);
  signal?.removeEventListener('abort', abort);
  await Promise.race([Promise.all([stdout.done, stderr.done]), delay(DRAIN_MS, undefined, { ref: false })]);
  return {
    ...exit,
    stdout: stdout.soFar(),
    stderr: stderr.soFar(),
    errorCode: timedOut ? 'ETIMEDOUT' : undefined,
  };
}

function causeCode(error: unknown): string {
  const cause = error instanceof BuildError ? error.cause : error;
  return (cause as NodeJS.ErrnoException | undefined)?.code ?? 'UNKNOWN';
}

function feed(stdin: Writable | null, input: string | Uint8Array | undefined): void {
  // A program that does not read its input to the end is no failure of ours.
  stdin?.on('error', () => undefined);
  stdin?.end(input ?? '');
}

function collect(stream: Readable | null): { readonly done: Promise<unknown>; soFar(): string } {
  const chunks: Buffer[] = [];
  stream?.on('data', (chunk: Buffer) => chunks.push(chunk));
  const done = new Promise((resolve) => stream?.once('close', resolve));
  return {
    done,
    soFar: () => {
      stream?.destroy();
      return Buffer.concat(chunks).toString('utf8');
    },
  };
}
