import { redact, toBuildError, type SourceLocation } from '../errors/index.ts';
import { type Reporter, type StepLabel } from './reporter.ts';

export interface JsonOptions {
  /** Takes one line, without its line break. */
  readonly write: (line: string) => void;
  /** RFC 3339 time of now. */
  readonly time: () => string;
}

/** A Reporter that writes one JSON object a line: `level`, `time` and `msg` as kaniko has them, and `event` with its data. */
export function jsonReporter({ write, time }: JsonOptions): Reporter {
  const say = (level: string, event: string, msg: string, fields: Record<string, unknown> = {}): void =>
    write(JSON.stringify({ level, time: time(), event, msg: redact(msg), ...fields }));
  return {
    debug: (message) => say('debug', 'message', message),
    info: (message) => say('info', 'message', message),
    warn: (message, location) => say('warning', 'message', message, placeOf(location)),
    stepStarted: (step) => say('info', 'step-started', step.text, labelOf(step)),
    stepOutput: (step, stream, text) =>
      write(
        JSON.stringify({
          level: 'info',
          time: time(),
          event: 'step-output',
          msg: text,
          stream,
          ...labelOf(step),
        }),
      ),
    stepFinished: (step, outcome) =>
      say('info', 'step-finished', step.text, { ...labelOf(step), ...outcome }),
    transfer(transfer) {
      if (transfer.state === undefined) return;
      const { direction, total, state } = transfer;
      say('info', 'transfer', transfer.what, { direction, bytes: total, state });
    },
  };
}

/** An error as one line of the log that jsonReporter writes. `time` is RFC 3339. */
export function jsonError(error: unknown, time: string): string {
  const { code, message, hint, location } = toBuildError(error);
  return JSON.stringify({
    level: 'error',
    time,
    event: 'error',
    msg: redact(message),
    code,
    hint,
    ...placeOf(location),
  });
}

function labelOf({ stage, index, total, line }: StepLabel): Record<string, unknown> {
  return { stage, index, total, line };
}

function placeOf(location: SourceLocation | undefined): Record<string, unknown> {
  return location === undefined ? {} : { file: location.file, line: location.line };
}
