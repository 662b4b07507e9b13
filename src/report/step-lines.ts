import { formatBytes, formatDuration } from './format.ts';
import { createLineSplitter, type LineSplitter } from './line-splitter.ts';
import { plain } from './render-error.ts';
import { type StepLabel, type StepOutcome, type Transfer } from './reporter.ts';

/** Words of steps as log lines, each with the number of its step: stages run side by side and their lines mix. */
export interface StepLines {
  started(step: StepLabel): string[];
  /** `text` as whole lines; a rest without line break waits for more, or for finished. */
  output(step: StepLabel, stream: 'stdout' | 'stderr', text: string): string[];
  finished(step: StepLabel, outcome: StepOutcome): string[];
}

/** `clean` makes a line of RUN's output fit to be shown. */
export function createStepLines(clean: (line: string) => string): StepLines {
  const numbers = new Map<string, number>();
  const splitters = new Map<string, LineSplitter>();

  const numberOf = (step: StepLabel): number => {
    const key = keyOf(step);
    const number = numbers.get(key) ?? numbers.size + 1;
    numbers.set(key, number);
    return number;
  };
  const tagged = (step: StepLabel, lines: readonly string[]): string[] =>
    lines.map((line) => `#${numberOf(step)} ${clean(line)}`.trimEnd());

  return {
    started: (step) =>
      tagged(step, [`[${oneLine(step.stage)} ${step.index}/${step.total}] ${oneLine(step.text)}`]),
    output(step, stream, text) {
      const key = `${keyOf(step)}\0${stream}`;
      const splitter = splitters.get(key) ?? createLineSplitter();
      splitters.set(key, splitter);
      return tagged(step, splitter.push(text));
    },
    finished(step, outcome) {
      const keys = (['stdout', 'stderr'] as const).map((stream) => `${keyOf(step)}\0${stream}`);
      const rest = keys.flatMap((key) => splitters.get(key)?.end() ?? []);
      for (const key of keys) splitters.delete(key);
      return tagged(step, [...rest, outcomeText(outcome)]);
    },
  };
}

/** `done 3.1s, layer 2.3 MB`, `cached`, `failed 0.2s`. */
function outcomeText({ state, milliseconds, layerBytes }: StepOutcome): string {
  const layer = layerBytes === undefined ? '' : `, layer ${formatBytes(layerBytes)}`;
  return state === 'cached' ? `cached${layer}` : `${state} ${formatDuration(milliseconds)}${layer}`;
}

/** `pull sha256:… 1.2 MB / 3.4 MB`, or how it ended. */
export function transferText({ direction, what, done, total, state }: Transfer): string {
  const name = oneLine(what);
  if (state === 'reused') return `${direction} ${name}: already there`;
  if (state === 'done') return `${direction} ${name}: ${formatBytes(total)}`;
  return `${direction} ${name}: ${formatBytes(done)} of ${formatBytes(total)}`;
}

function oneLine(text: string): string {
  return plain(text).replace(/\s*\n\s*/g, ' ');
}

function keyOf(step: StepLabel): string {
  return `${step.stage}\0${step.index}\0${step.line}`;
}
