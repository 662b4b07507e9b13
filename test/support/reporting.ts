import type { Reporter, StepLabel } from '../../src/report/index.ts';

export const STEP: StepLabel = { stage: 'builder', index: 2, total: 5, text: 'RUN make', line: 7 };

/** Puts a text through every door of a reporter that text from outside can take. */
export function reportEverywhere(reporter: Reporter, text: string): void {
  const step = { ...STEP, stage: text, text };
  reporter.debug(text);
  reporter.info(text);
  reporter.warn(text);
  reporter.warn(text, { file: text, line: 1, column: 1, endLine: 1 });
  reporter.stepStarted(step);
  reporter.stepOutput(step, 'stdout', `${text}\n`);
  reporter.stepOutput(step, 'stderr', text);
  const middle = Math.ceil(text.length / 2);
  reporter.stepOutput(step, 'stdout', text.slice(0, middle));
  reporter.stepOutput(step, 'stdout', text.slice(middle));
  reporter.stepFinished(step, { milliseconds: 1, state: 'failed' });
  reporter.transfer({ direction: 'pull', what: text, done: 1, total: 1, state: 'done' });
}
