import { abortOnSignals, exitCode, orCancelled, signalExitCode } from '../report/index.ts';
import type { Environment } from '../request/index.ts';
import { type FlagValues } from './flag-values.ts';
import { openLog } from './open-log.ts';
import { type CliPorts } from './ports.ts';

/**
 * Does a command's work, which returns the exit status, with a log and a signal that interrupts set off; what it throws is
 * told there. Throws USAGE where the log itself cannot be opened.
 */
export async function inLog(
  flags: FlagValues,
  env: Environment,
  ports: CliPorts,
  work: (log: ReturnType<typeof openLog>, signal: AbortSignal) => Promise<number>,
): Promise<number> {
  const log = openLog(flags, env, ports);
  const { signal, dispose } = abortOnSignals(ports.signals, (name) => ports.exit(signalExitCode(name)));
  try {
    return await work(log, signal);
  } catch (error) {
    const told = orCancelled(error, signal);
    log.failed(told);
    return exitCode(told, signal.reason);
  } finally {
    dispose();
  }
}
