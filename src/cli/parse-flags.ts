import { BuildError } from '../errors/index.ts';
import { type FlagOption } from '../request/index.ts';
import { longFlag, shortFlag, type FlagMeaning, type Switch } from './flag-table.ts';

/** One flag as it stood on the command line. */
export interface GivenFlag {
  readonly option: FlagOption;
  /** With its dashes, as it was written. */
  readonly spelling: string;
  readonly deprecated: boolean;
  /** `true` where a flag of kind `flag` stood alone. */
  readonly value: string;
}

export interface CommandLine {
  readonly flags: readonly GivenFlag[];
  readonly switches: ReadonlySet<Switch>;
  /** Words that are neither flags nor values of flags. */
  readonly words: readonly string[];
}

/**
 * Reads arguments as Go's pflag does: `--flag=value`, `--flag value`, `-f value`, `-fvalue`, `--bool`, `--bool=false`, and
 * `--` ends the flags. Letters mean what they mean for the command where it stands before them. Throws USAGE for an unknown flag and for one that lacks its value.
 */
export function parseFlags(argv: readonly string[]): CommandLine {
  const flags: GivenFlag[] = [];
  const switches = new Set<Switch>();
  const words: string[] = [];
  const rest = [...argv];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === '--') {
      words.push(...rest.splice(0));
    } else if (!word.startsWith('-') || word === '-') {
      words.push(word);
    } else {
      const { spelling, value, meaning } = splitFlag(word, words[0]);
      if (meaning.kind === 'switch') switches.add(meaning.name);
      else flags.push(givenFlag(spelling, meaning, value ?? valueAfter(spelling, meaning, rest)));
    }
  }
  return { flags, switches, words };
}

interface SplitFlag {
  readonly spelling: string;
  /** What is written in the same word. */
  readonly value: string | undefined;
  readonly meaning: FlagMeaning;
}

function splitFlag(word: string, command: string | undefined): SplitFlag {
  if (!word.startsWith('--')) {
    const letter = word.slice(1, 2);
    const attached = word.slice(2).replace(/^=/, '');
    return {
      spelling: `-${letter}`,
      meaning: shortFlag(letter, command),
      value: word.length > 2 ? attached : undefined,
    };
  }
  const equals = word.indexOf('=');
  const spelling = equals < 0 ? word : word.slice(0, equals);
  return {
    spelling,
    meaning: longFlag(spelling.slice(2)),
    value: equals < 0 ? undefined : word.slice(equals + 1),
  };
}

function valueAfter(spelling: string, { option }: FlagMeaning & { kind: 'option' }, rest: string[]): string {
  if (option.flag.kind === 'flag') return 'true';
  const next = rest.shift();
  if (next !== undefined) return next;
  throw new BuildError('USAGE', `flag needs an argument: ${spelling}`, {
    hint: `write it as ${spelling}=${option.flag.value ?? 'value'}`,
  });
}

function givenFlag(
  spelling: string,
  { option, deprecated }: FlagMeaning & { kind: 'option' },
  value: string,
): GivenFlag {
  return { option, spelling, deprecated, value };
}
