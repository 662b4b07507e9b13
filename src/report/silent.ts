import type { Reporter } from './reporter.ts';

/** A Reporter that says nothing. */
export function silentReporter(): Reporter {
  const nothing = (): void => undefined;
  return {
    debug: nothing,
    info: nothing,
    warn: nothing,
    stepStarted: nothing,
    stepOutput: nothing,
    stepFinished: nothing,
    transfer: nothing,
  };
}
