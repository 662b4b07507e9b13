import { type Reporter, type StepLabel, type StepOutcome } from '../report/index.ts';

export interface RecordedStep {
  readonly label: StepLabel;
  readonly outcome: StepOutcome;
}

/** The reporter, and the list of steps that finished so far in the order they did. */
export function recordSteps(reporter: Reporter): { reporter: Reporter; steps: readonly RecordedStep[] } {
  const steps: RecordedStep[] = [];
  return {
    steps,
    reporter: {
      ...reporter,
      stepFinished(label, outcome) {
        steps.push({ label, outcome });
        reporter.stepFinished(label, outcome);
      },
    },
  };
}
