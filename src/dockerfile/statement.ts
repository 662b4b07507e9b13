import { withLocation, type SourceLocation } from '../errors/index.ts';
import { cutAtBlank, trim } from './characters.ts';
import { type Escape } from './directives.ts';
import { extractFlags } from './flags.ts';
import { findHeredocs, finishHeredoc, type HeredocStart } from './heredoc.ts';
import { type Heredoc, type SourceRange } from './instruction.ts';
import { isJsonForm } from './json-form.ts';
import { LineReader, withoutReturn, type LogicalLine } from './lines.ts';
import { syntaxError } from './source-location.ts';

/** One instruction cut into its outer parts, its arguments not yet understood. */
export interface Statement {
  /** As written. */
  readonly keyword: string;
  readonly flags: readonly string[];
  /** The arguments after the flags, trimmed. */
  readonly rest: string;
  readonly heredocs: readonly Heredoc[];
  /** The whole line, continuations joined; leading blanks gone, trailing ones not. */
  readonly line: string;
  readonly range: SourceRange;
  readonly escape: Escape;
  readonly emptyContinuationLine?: number | undefined;
  /** The comments straight above it, without their `#`. */
  readonly comments?: readonly string[] | undefined;
}

export type Locate = (range: SourceRange) => SourceLocation;

const HEREDOC_KEYWORDS = new Set(['RUN', 'COPY', 'ADD']);

/** The statements of a file in order, after so many lines of directives. Throws DOCKERFILE_SYNTAX, located, for a heredoc without an end. */
export function* readStatements(
  lines: readonly string[],
  escape: Escape,
  locate: Locate,
  directives = 0,
): Generator<Statement> {
  const reader = new LineReader(lines, escape, directives);
  for (let logical = reader.readLogical(); logical !== undefined; logical = reader.readLogical()) {
    const { range } = logical;
    try {
      const heredocs = readHeredocs(reader, logical.text);
      yield {
        ...splitLine(logical.text, escape),
        heredocs,
        range: heredocs.length === 0 ? range : reader.rangeFrom(range.startLine, range.startColumn),
        emptyContinuationLine: logical.emptyContinuationLine,
        comments: logical.comments,
      };
    } catch (error) {
      throw withLocation(error, locate(range));
    }
  }
}

/** A line's keyword, flags and arguments, without heredocs: what ONBUILD holds is read this way too. */
export function splitLine(
  text: string,
  escape: Escape,
): Omit<Statement, 'heredocs' | 'range' | 'emptyContinuationLine' | 'comments'> {
  const [keyword, args = ''] = cutAtBlank(trim(text));
  const { flags, rest } = extractFlags(args);
  return { keyword, flags, rest: trim(rest), line: text, escape };
}

function readHeredocs(reader: LineReader, line: LogicalLine['text']): Heredoc[] {
  if (!mayHoldHeredocs(line)) return [];
  return findHeredocs(line).map((start) => readHeredoc(reader, start));
}

function mayHoldHeredocs(line: string): boolean {
  const { keyword, rest } = splitLine(line, '\\');
  const inner = keyword.toUpperCase() === 'ONBUILD' ? splitLine(rest, '\\') : { keyword, rest };
  return HEREDOC_KEYWORDS.has(inner.keyword.toUpperCase()) && !isJsonForm(inner.rest);
}

function readHeredoc(reader: LineReader, start: HeredocStart): Heredoc {
  let body = '';
  for (let line = reader.readRaw(); line !== undefined; line = reader.readRaw()) {
    const ended = withoutReturn(line);
    if ((start.stripTabs ? ended.replace(/^\t+/, '') : ended) === start.name) {
      return finishHeredoc(start, body);
    }
    body += `${line}\n`;
  }
  throw syntaxError(
    'unterminated heredoc',
    `end it with a line that holds ${start.name} and nothing else; a << that starts no heredoc needs quotes`,
  );
}
