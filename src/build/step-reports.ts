import type { StageInstruction } from '../dockerfile/index.ts';
import type { PlannedStage } from '../plan/index.ts';
import type { Reporter, StepLabel, StepOutcome } from '../report/index.ts';

const CHANGING: ReadonlySet<string> = new Set(['run', 'copy', 'add', 'workdir']);

/** Whether an instruction can change files. */
export function changesFiles({ kind }: StageInstruction): boolean {
  return CHANGING.has(kind);
}

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
    const steps = stage.instructions.filter(({ instruction }) => changesFiles(instruction));
    this.#total = steps.length + (this.#hasFrom() ? 1 : 0);
  }

  /** The step that gets the base image of a stage, where it has one; nothing is got where it is not needed yet. */
  async from(isNeeded: boolean, work: () => Promise<unknown>): Promise<void> {
    const { base, from } = this.#stage;
    const line = from?.range.startLine ?? 0;
    if (base.kind !== 'image') await (isNeeded ? work() : undefined);
    else if (isNeeded) await this.#timed(`FROM ${base.image.name}`, line, () => work());
    else this.#unworked(`FROM ${base.image.name}`, line, { state: 'done', milliseconds: 0 });
  }

  /** A step whose result an earlier build made; `layerBytes` of its layer, where it has one. */
  cached(instruction: StageInstruction, layerBytes: number | undefined): void {
    const { original, range } = instruction;
    this.#unworked(original, range.startLine, { state: 'cached', milliseconds: 0, layerBytes });
  }

  async step(
    instruction: StageInstruction,
    work: (onOutput: (stream: 'stdout' | 'stderr', text: string) => void) => Promise<void> | void,
  ): Promise<void> {
    if (!changesFiles(instruction)) return work(() => undefined);
    await this.#timed(instruction.original, instruction.range.startLine, async (label) =>
      work((stream, text) => this.#reporter.stepOutput(label, stream, text)),
    );
  }

  #hasFrom(): boolean {
    return this.#stage.base.kind === 'image';
  }

  #unworked(text: string, line: number, outcome: StepOutcome): void {
    const label = this.#next(text, line);
    this.#reporter.stepStarted(label);
    this.#reporter.stepFinished(label, outcome);
  }

  #next(text: string, line: number): StepLabel {
    return { stage: this.#stage.label, index: ++this.#index, total: this.#total, text, line };
  }

  async #timed<T>(text: string, line: number, work: (label: StepLabel) => Promise<T>): Promise<T> {
    const label = this.#next(text, line);
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
