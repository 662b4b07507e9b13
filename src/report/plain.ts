import { type SourceLocation } from '../errors/index.ts';
import { cleanTerminal } from './neutralise.ts';
import { plain } from './render-error.ts';
import { type Reporter, type Transfer } from './reporter.ts';
import { createStepLines, transferText } from './step-lines.ts';

/** A transfer that takes longer tells how far it is, this often. */
const PROGRESS_EVERY_MS = 10_000;

export interface PlainOptions {
  /** Takes one line, without its line break. */
  readonly write: (line: string) => void;
  /** Milliseconds of any steady clock. */
  readonly now: () => number;
  /** Put before every line: a time, or nothing. */
  readonly prefix?: (() => string) | undefined;
}

/** A Reporter that writes one line for each thing that happened: for logs that nobody rewrites. */
export function plainReporter({ write, now, prefix }: PlainOptions): Reporter {
  const steps = createStepLines(cleanTerminal);
  const lastTold = new Map<string, number>();
  const say = (lines: readonly string[]): void => {
    for (const line of lines) write((prefix?.() ?? '') + line);
  };
  const text = (message: string): string[] => plain(message).split('\n');

  const transfer = (event: Transfer): void => {
    const key = `${event.direction}\0${event.what}`;
    if (event.state !== undefined) {
      lastTold.delete(key);
      say([transferText(event)]);
      return;
    }
    const last = lastTold.get(key);
    const time = now();
    if (last === undefined || time - last >= PROGRESS_EVERY_MS) lastTold.set(key, time);
    if (last !== undefined && time - last >= PROGRESS_EVERY_MS) say([transferText(event)]);
  };

  return {
    debug: (message) => say(text(message).map((line) => `debug: ${line}`)),
    info: (message) => say(text(message)),
    warn: (message, location) =>
      say(text(`${placeOf(location)}${message}`).map((line) => `warning: ${line}`)),
    stepStarted: (step) => say(steps.started(step)),
    stepOutput: (step, stream, chunk) => say(steps.output(step, stream, chunk)),
    stepFinished: (step, outcome) => say(steps.finished(step, outcome)),
    transfer,
  };
}

function placeOf(location: SourceLocation | undefined): string {
  return location === undefined ? '' : `${location.file}:${location.line}: `;
}
