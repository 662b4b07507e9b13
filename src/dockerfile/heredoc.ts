import { expand } from './expand/expand-word.ts';
import { type CommandLine, type Heredoc } from './instruction.ts';

/** What follows the name of an instruction tells of a heredoc before its body is read. */
export interface HeredocStart {
  readonly name: string;
  readonly expand: boolean;
  readonly stripTabs: boolean;
  readonly fileDescriptor: number;
}

const FORM = /^(\d*)<<(-?)\s*((?!\s)[^<]*)$/;
/** Heredocs are lexed with the backslash whatever the escape directive says. */
const LEXING = { escape: '\\', keepUnset: true } as const;

/**
 * The heredoc a word starts: `<<EOF`, `3<<-"EOF"`. Undefined for any other word. Throws
 * DOCKERFILE_SEMANTICS for a delimiter whose quotes do not close.
 */
export function parseHeredocStart(word: string): HeredocStart | undefined {
  const [, descriptor = '', dash, delimiter = ''] = FORM.exec(word) ?? [];
  if (delimiter === '') return undefined;
  const plain = expand(delimiter, () => undefined, LEXING).words;
  const quoted = expand(delimiter, () => undefined, { ...LEXING, rawQuotes: true }).words;
  const [name] = plain;
  if (name === undefined || plain.length !== 1) return undefined;
  return {
    name,
    expand: countQuotes(name) === countQuotes(quoted[0] ?? ''),
    stripTabs: dash === '-',
    fileDescriptor: descriptor === '' ? 0 : Number(descriptor),
  };
}

function countQuotes(word: string): number {
  return word.replace(/[^'"]/g, '').length;
}

/**
 * The heredocs started on an instruction's line, in order. A line whose quotes do not balance has none:
 * whether its `<<` is quoted cannot be told.
 */
export function findHeredocs(line: string): HeredocStart[] {
  if (!line.includes('<<')) return [];
  return lexLine(line)
    .map(parseHeredocStart)
    .filter((start) => start !== undefined);
}

function lexLine(line: string): readonly string[] {
  try {
    return expand(line, () => undefined, { ...LEXING, rawQuotes: true, rawEscapes: true }).words;
  } catch {
    return [];
  }
}

/** The heredoc of a start and the lines of its body, line ends included. */
export function finishHeredoc(start: HeredocStart, body: string): Heredoc {
  const { name, expand: expands, stripTabs, fileDescriptor } = start;
  const content = stripTabs ? body.replace(/^\t+/gm, '') : body;
  const rawContent = stripTabs ? body : undefined;
  return { name, content, rawContent, expand: expands, fileDescriptor };
}

/** The body and the delimiter as they follow a line that a shell is to read. */
export function heredocText(heredoc: Heredoc): string {
  return `\n${heredoc.rawContent ?? heredoc.content}${heredoc.name}`;
}

/**
 * The heredoc that is all there is to a RUN (`RUN <<EOF`): its body is the script. Undefined for a
 * command that merely uses heredocs (`RUN cat <<EOF`).
 */
export function soleHeredoc(command: CommandLine): Heredoc | undefined {
  if (command.form === 'exec' || command.heredocs.length !== 1) return undefined;
  return parseHeredocStart(command.text) === undefined ? undefined : command.heredocs[0];
}

/**
 * What the shell is given for a command in shell form: the body of a sole heredoc, else the text with
 * the bodies of its heredocs after it, for the shell to make sense of.
 */
export function shellScript(command: Extract<CommandLine, { form: 'shell' }>): string {
  const sole = soleHeredoc(command);
  if (sole !== undefined) return sole.content;
  return command.text + command.heredocs.map(heredocText).join('');
}
