/** What a build reports, without saying how it is shown. */
export type { Reporter, StepLabel, StepOutcome, Transfer } from './reporter.ts';
export { silentReporter } from './silent.ts';
