import type { StageInstruction } from '../dockerfile/index.ts';
import type { PlannedStage } from '../plan/index.ts';
import type { Reporter, StepLabel } from '../report/index.ts';

const REPORTED: ReadonlySet<string> = new Set(['run', 'copy', 'add', 'workdir']);

/** Tells of the steps of one stage: getting its base, and every instruction that may change files. */
export class StepReports {
  readonly #stage: PlannedStage;
  readonly #reporter: Reporter;
  readonly #now: () => number;
  readonly #total: number;
  #index = 0;

  constructor(stage: PlannedStage, reporter: Reporter, now: () => number) {
    this.#stage = stage;
    this.#reporter = reporter;
    this.#now = now;
    const steps = stage.instructions.filter(({ instruction }) => REPORTED.has(instruction.kind));
    this.#total = steps.length + (this.#hasFrom() ? 1 : 0);
  }

  /** The step that gets the base image of a stage, where it has one. */
  from<T>(work: () => Promise<T>): Promise<T> {
    const { base, from } = this.#stage;
    if (base.kind !== 'image') return work();
    return this.#timed(`FROM ${base.image.name}`, from?.range.startLine ?? 0, () => work());
  }

  async step(
    instruction: StageInstruction,
    work: (onOutput: (stream: 'stdout' | 'stderr', text: string) => void) => Promise<void> | void,
  ): Promise<void> {
    if (!REPORTED.has(instruction.kind)) return work(() => undefined);
    await this.#timed(instruction.original, instruction.range.startLine, async (label) =>
      work((stream, text) => this.#reporter.stepOutput(label, stream, text)),
    );
  }

  #hasFrom(): boolean {
    return this.#stage.base.kind === 'image';
  }

  async #timed<T>(text: string, line: number, work: (label: StepLabel) => Promise<T>): Promise<T> {
    const label = { stage: this.#stage.label, index: ++this.#index, total: this.#total, text, line };
    const started = this.#now();
    const finish = (state: 'done' | 'failed'): void =>
      this.#reporter.stepFinished(label, { state, milliseconds: this.#now() - started });
    this.#reporter.stepStarted(label);
    try {
      const result = await work(label);
      finish('done');
      return result;
    } catch (error) {
      finish('failed');
      throw error;
    }
  }
}
