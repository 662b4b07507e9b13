/** What a build reports, and the ways it is shown: log lines, terminal, JSON, GitHub runner; errors as text and exit codes. */
export { abbreviate } from './abbreviate.ts';
export { columns } from './columns.ts';
export { EXIT_CODES, exitCode, signalExitCode } from './exit-code.ts';
export { formatAge, formatBytes, formatDuration } from './format.ts';
export { githubReporter } from './github.ts';
export { abortOnSignals, orCancelled } from './interrupt.ts';
export type { SignalSource } from './interrupt.ts';
export { jsonError, jsonReporter } from './json.ts';
export { cleanText, neutraliseCommands } from './neutralise.ts';
export { plainReporter } from './plain.ts';
export { plain, renderError } from './render-error.ts';
export type { Reporter, StepLabel, StepOutcome, Transfer } from './reporter.ts';
export { silentReporter } from './silent.ts';
export { ttyReporter } from './tty.ts';
export { VERBOSITIES, atVerbosity } from './verbosity.ts';
export type { Verbosity } from './verbosity.ts';
