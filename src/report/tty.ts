import { plainReporter } from './plain.ts';
import { type Reporter, type Transfer } from './reporter.ts';
import { transferText } from './step-lines.ts';

/** The progress line is drawn anew at most this often. */
const REDRAW_EVERY_MS = 100;
const ERASE_LINE = '\r\x1b[2K';
const COLOURS: readonly (readonly [RegExp, string])[] = [
  [/^warning: /, '\x1b[33m'],
  [/^debug: /, '\x1b[2m'],
  [/^#\d+ (?:done|cached) ?/, '\x1b[32m'],
  [/^#\d+ failed /, '\x1b[31m'],
  [/^#\d+ \[/, '\x1b[1m'],
];
const RESET = '\x1b[0m';

export interface TtyOptions {
  /** Takes text as it is, line breaks and all. */
  readonly write: (text: string) => void;
  readonly now: () => number;
  /** Columns of the terminal now. */
  readonly columns: () => number;
  readonly prefix?: (() => string) | undefined;
}

/** A Reporter for terminals: the lines of plainReporter in colour, and below them one line that shows running transfers. */
export function ttyReporter({ write, now, columns, prefix }: TtyOptions): Reporter {
  const running = new Map<string, Transfer>();
  let drawnAt = Number.NEGATIVE_INFINITY;
  let drawn = false;

  const erase = (): void => {
    if (drawn) write(ERASE_LINE);
    drawn = false;
  };
  const draw = (): void => {
    const text = [...running.values()].map(transferText).join(' · ');
    if (text === '') return;
    write(`${ERASE_LINE}${text.slice(0, Math.max(columns() - 1, 0))}`);
    drawn = true;
    drawnAt = now();
  };
  const line = (text: string): void => {
    erase();
    write(`${(prefix?.() ?? '') + coloured(text)}\n`);
    draw();
  };
  const lines = plainReporter({ write: line, now });

  const transfer = (event: Transfer): void => {
    const key = `${event.direction}\0${event.what}`;
    if (event.state !== undefined) {
      erase();
      running.delete(key);
      lines.transfer(event);
      return;
    }
    running.set(key, event);
    if (now() - drawnAt >= REDRAW_EVERY_MS) draw();
  };

  return { ...lines, transfer };
}

function coloured(text: string): string {
  const colour = COLOURS.find(([pattern]) => pattern.test(text))?.[1];
  if (colour !== undefined) return colour + text + RESET;
  return text.includes('\x1b[') ? text + RESET : text;
}
