import { splitOnBlanks } from '../characters.ts';
import { parseFlags, type FlagKind, type FlagValues } from '../flags.ts';
import { parseHeredocStart } from '../heredoc.ts';
import { type CopyInstruction, type Heredoc } from '../instruction.ts';
import { parseJsonForm } from '../json-form.ts';
import { syntaxError } from '../source-location.ts';
import { type Statement } from '../statement.ts';
import { baseOf } from './base.ts';

/** `<<` apart from its delimiter: a shell takes that, a list of words does not. */
const LONELY_MARK = /^\d*<<-?$/;
const COMMON = { chown: 'string', chmod: 'string', link: 'bool', exclude: 'strings' } as const;
const FLAGS: Readonly<Record<CopyInstruction['kind'], Readonly<Record<string, FlagKind>>>> = {
  copy: { ...COMMON, from: 'string', parents: 'bool' },
  add: { ...COMMON, checksum: 'string', 'keep-git-dir': 'bool', unpack: 'bool' },
};

/** The parser of COPY and ADD: flags, sources (paths and heredocs) and a destination. */
export function copyParser(kind: CopyInstruction['kind']): (statement: Statement) => CopyInstruction {
  return (statement) => {
    const name = kind.toUpperCase();
    const words = parseJsonForm(statement.rest) ?? splitOnBlanks(statement.rest);
    const destination = words.at(-1);
    if (destination === undefined || words.length < 2) throw noDestination(name, words.length);
    const flags = parseFlags(statement.flags, FLAGS[kind]);
    checkFrom(flags.string('from'));
    return {
      ...baseOf(statement),
      kind,
      ...parseSources(words.slice(0, -1), statement.heredocs),
      destination: checkDestination(destination, name),
      ...optionsOf(flags),
    };
  };
}

function optionsOf(flags: FlagValues) {
  return {
    from: flags.string('from'),
    chown: flags.string('chown'),
    chmod: flags.string('chmod'),
    link: flags.bool('link') ?? false,
    parents: flags.bool('parents') ?? false,
    excludes: flags.strings('exclude'),
    checksum: flags.string('checksum'),
    keepGitDir: flags.bool('keep-git-dir'),
    unpack: flags.bool('unpack'),
  };
}

/** The n-th heredoc among the sources is the n-th that the statement read. */
function parseSources(
  words: readonly string[],
  read: readonly Heredoc[],
): Pick<CopyInstruction, 'sources' | 'heredocs'> {
  const sources: string[] = [];
  const heredocs: Heredoc[] = [];
  for (const word of words) {
    if (LONELY_MARK.test(word) && read.length > 0) throw lonelyMark(word);
    const start = parseHeredocStart(word);
    if (start === undefined) sources.push(word);
    else heredocs.push(read[heredocs.length] ?? missingBody(start.name));
  }
  return { sources, heredocs };
}

function lonelyMark(word: string): Error {
  return syntaxError(`the heredoc's name has to follow ${word} without a blank`, `write ${word}EOF`);
}

function missingBody(name: string): never {
  throw syntaxError(
    `the heredoc ${name} was not read`,
    'quotes that do not close, or the JSON form, keep a line from having heredocs',
  );
}

function checkDestination(word: string, name: string): string {
  if (parseHeredocStart(word) === undefined) return word;
  throw syntaxError(
    `${name} cannot accept a heredoc as a destination`,
    'the last argument is where the files go',
  );
}

function checkFrom(from: string | undefined): void {
  if (from?.includes('$') !== true) return;
  throw syntaxError(
    'variable expansion is not supported for --from, define a new stage with FROM using ARG from global scope as a workaround',
    'ARG V=… before the first FROM, then FROM image:$V AS name, then COPY --from=name',
  );
}

function noDestination(name: string, count: number): Error {
  const provided = count === 0 ? 'none was' : 'only one was';
  return syntaxError(
    `${name} requires at least two arguments, but ${provided} provided. Destination could not be determined`,
    `write ${name} source destination`,
  );
}
