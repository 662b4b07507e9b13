import { trimLeft } from './characters.ts';
import { type Escape } from './directives.ts';
import { type SourceRange } from './instruction.ts';

/** An instruction's line with its continuations joined, and where it came from. */
export interface LogicalLine {
  readonly text: string;
  readonly range: SourceRange;
  /** The last line, where a blank one is among the continuations. */
  readonly emptyContinuationLine?: number | undefined;
  /** The comments above it, without their `#`; an empty comment parts it from those before. */
  readonly comments: readonly string[];
}

/** The longest line that BuildKit's scanner takes, in bytes. */
const MAX_LINE_BYTES = 65_535;

/** The lines of a file without their line feeds and without a byte order mark. */
export function splitLines(text: string): string[] {
  const lines = text.replace(/^\uFEFF/, '').split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/** The number, from 1, of the first line above 65,535 bytes. */
export function tooLongLine(lines: readonly string[]): number | undefined {
  const at = lines.findIndex((line) => Buffer.byteLength(line) > MAX_LINE_BYTES);
  return at < 0 ? undefined : at + 1;
}

/** The line without the line end's leftovers; a heredoc body keeps them. */
export function withoutReturn(line: string): string {
  let end = line.length;
  while (end > 0 && line.charAt(end - 1) === '\r') end--;
  return line.slice(0, end);
}

/** As BuildKit counts them: blanks before the sign leave it in the comment. */
function withComment(comments: string[], line: string): string[] {
  const comment = line.slice(1).trim();
  return comment === '' ? [] : [...comments, comment];
}

/** Walks the lines of a file: whole instructions, and raw lines for what a heredoc holds. */
export class LineReader {
  readonly #lines: readonly string[];
  readonly #continuation: RegExp;
  #next: number;

  /** Begins after so many lines. */
  constructor(lines: readonly string[], escape: Escape, passed = 0) {
    this.#lines = lines;
    this.#next = passed;
    // An escape at the end of the line continues it, blanks after it or not, unless itself escaped.
    this.#continuation = escape === '\\' ? /(^|[^\\])\\[ \t]*$/ : /(^|[^`])`[ \t]*$/;
  }

  /** The next line as it is, undefined at the end. */
  readRaw(): string | undefined {
    return this.#lines[this.#next++];
  }

  /** The next instruction; comments and blank lines between instructions are passed over. */
  readLogical(): LogicalLine | undefined {
    let comments: string[] = [];
    while (this.#next < this.#lines.length) {
      const written = withoutReturn(this.#lines[this.#next++] ?? '');
      const text = trimLeft(written);
      if (text.startsWith('#')) comments = withComment(comments, written);
      else if (text !== '') return { ...this.#join(text, written.length - text.length + 1), comments };
    }
    return undefined;
  }

  #join(first: string, startColumn: number): Omit<LogicalLine, 'comments'> {
    const startLine = this.#next;
    let isBroken = false;
    let [text, continues] = this.#cutContinuation(first);
    while (continues && this.#next < this.#lines.length) {
      const line = withoutReturn(this.#lines[this.#next++] ?? '');
      const trimmed = trimLeft(line);
      if (trimmed.startsWith('#')) continue;
      if (trimmed === '') {
        isBroken = true;
        continue;
      }
      const [part, more] = this.#cutContinuation(line);
      text += part;
      continues = more;
    }
    const range = this.rangeFrom(startLine, startColumn);
    return { text, range, emptyContinuationLine: isBroken ? range.endLine : undefined };
  }

  /** The range from a start to the end of the line read last. */
  rangeFrom(startLine: number, startColumn: number): SourceRange {
    const endLine = Math.min(this.#next, this.#lines.length);
    const endColumn = withoutReturn(this.#lines[endLine - 1] ?? '').length + 1;
    return { startLine, startColumn, endLine, endColumn };
  }

  #cutContinuation(line: string): [string, boolean] {
    return this.#continuation.test(line) ? [line.replace(this.#continuation, '$1'), true] : [line, false];
  }
}
