import { spawnSync } from 'node:child_process';
import type { RunOptions, RunResult } from './run-options.ts';

/** More than any tool called here prints; a runaway program must not fill the memory. */
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

/**
 * Runs a program to its end without a shell and returns its status and outputs. Never throws for what the program
 * does: one that is missing, fails or takes too long is told by the result.
 */
export function runSync(command: string, args: readonly string[], options: RunOptions = {}): RunResult {
  const { input, env, timeoutMs, cwd } = options;
  const result = spawnSync(command, [...args], {
    encoding: 'utf8',
    maxBuffer: MAX_OUTPUT_BYTES,
    killSignal: 'SIGKILL',
    input: input ?? '',
    ...(env === undefined ? {} : { env: { ...env } }),
    ...(timeoutMs === undefined ? {} : { timeout: timeoutMs }),
    ...(cwd === undefined ? {} : { cwd }),
  });
  return {
    status: result.status,
    signal: result.signal,
    // Null where the program could not be started, whatever the types say.
    stdout: (result.stdout as string | null) ?? '',
    stderr: (result.stderr as string | null) ?? '',
    errorCode: (result.error as NodeJS.ErrnoException | undefined)?.code,
  };
}
