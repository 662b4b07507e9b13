import { BuildError, type SourceLocation } from '../errors/index.ts';
import { type Dockerfile, type SourceRange } from './instruction.ts';

const CONTEXT_LINES = 2;
/** A heredoc can be hundreds of lines; the first ones show where it is. */
const MAX_MARKED_LINES = 10;
const MAX_LINE_LENGTH = 160;

/**
 * The lines of a range with two lines before and after, numbered, those of the range marked `>>>`.
 * Long ranges and long lines are cut with `…`. No final newline.
 */
export function excerptOf(text: string, range: SourceRange): string {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  if (lines.length > 1 && lines.at(-1) === '') lines.pop();
  const first = Math.max(1, range.startLine - CONTEXT_LINES);
  const last = Math.min(lines.length, range.endLine + CONTEXT_LINES);
  const cutFrom = range.startLine + MAX_MARKED_LINES;
  const shown: string[] = [];
  for (let number = first; number <= last; number++) {
    if (number === cutFrom && number <= range.endLine) shown.push(`${' '.repeat(4)} | >>> …`);
    if (number >= cutFrom && number <= range.endLine) continue;
    const marked = number >= range.startLine && number <= range.endLine;
    shown.push(excerptLine(number, lines[number - 1] ?? '', marked));
  }
  return shown.join('\n');
}

function excerptLine(number: number, line: string, marked: boolean): string {
  const cut = line.length > MAX_LINE_LENGTH ? `${line.slice(0, MAX_LINE_LENGTH)}…` : line;
  return `${String(number).padStart(4)} | ${marked ? '>>>' : '   '} ${cut}`.trimEnd();
}

/** Where a range of a text lies, with its excerpt, for BuildError.location. */
export function locationIn(text: string, file: string, range: SourceRange): SourceLocation {
  return {
    file,
    line: range.startLine,
    column: range.startColumn,
    endLine: range.endLine,
    excerpt: excerptOf(text, range),
  };
}

/** Where a range of a parsed Dockerfile lies, with its excerpt. */
export function locationOf(
  dockerfile: Pick<Dockerfile, 'file' | 'text'>,
  range: SourceRange,
): SourceLocation {
  return locationIn(dockerfile.text, dockerfile.file, range);
}

/** A DOCKERFILE_SYNTAX error; its location is added where the instruction's range is known. */
export function syntaxError(message: string, hint?: string): BuildError {
  return new BuildError('DOCKERFILE_SYNTAX', message, { hint });
}

/** A DOCKERFILE_SEMANTICS error; the caller that knows the instruction adds the location. */
export function semanticsError(message: string, hint?: string): BuildError {
  return new BuildError('DOCKERFILE_SEMANTICS', message, { hint });
}
