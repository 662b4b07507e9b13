import { type Reporter } from './reporter.ts';
import { silentReporter } from './silent.ts';

/** kaniko's levels, quietest first. */
export const VERBOSITIES = ['panic', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;
export type Verbosity = (typeof VERBOSITIES)[number];

/** The reporter with everything left out that this verbosity does not ask for. */
export function atVerbosity(reporter: Reporter, verbosity: Verbosity): Reporter {
  const level = VERBOSITIES.indexOf(verbosity);
  const hears = (needed: Verbosity): boolean => level >= VERBOSITIES.indexOf(needed);
  const silent = silentReporter();
  const forInfo = hears('info') ? reporter : silent;
  return {
    debug: (message) => (hears('debug') ? reporter : silent).debug(message),
    info: (message) => forInfo.info(message),
    warn: (message, location) => (hears('warn') ? reporter : silent).warn(message, location),
    stepStarted: (step) => forInfo.stepStarted(step),
    stepOutput: (step, stream, text) => forInfo.stepOutput(step, stream, text),
    stepFinished: (step, outcome) => forInfo.stepFinished(step, outcome),
    transfer: (transfer) => forInfo.transfer(transfer),
  };
}
