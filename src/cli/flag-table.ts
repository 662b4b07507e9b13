import { BuildError } from '../errors/index.ts';
import { FLAG_OPTIONS, type FlagOption, type FlagSpec } from '../request/index.ts';
import { nearest } from './nearest.ts';

/** Flags that choose what to do; they belong to no build and stand in no table of options. */
const SWITCHES = ['help', 'version', 'json'] as const;
export type Switch = (typeof SWITCHES)[number];

/** What a spelling on the command line stands for. */
export type FlagMeaning =
  | { readonly kind: 'option'; readonly option: FlagOption; readonly deprecated: boolean }
  | { readonly kind: 'switch'; readonly name: Switch };

const LONG = new Map<string, FlagMeaning>([
  ...FLAG_OPTIONS.flatMap((option) => [
    ...namesOf(option.flag).map((name) => meaning(name, option, false)),
    ...(option.flag.deprecated ?? []).map((name) => meaning(name, option, true)),
  ]),
  ...SWITCHES.map((name): [string, FlagMeaning] => [name, { kind: 'switch', name }]),
]);

const SHORT = new Map<string, FlagMeaning>([
  ...FLAG_OPTIONS.flatMap((option) =>
    option.flag.short === undefined ? [] : [meaning(option.flag.short, option, false)],
  ),
  ['h', { kind: 'switch', name: 'help' }],
]);

/** The meaning of `--name`; throws USAGE with the likely name for an unknown one. */
export function longFlag(name: string): FlagMeaning {
  const found = LONG.get(name);
  if (found !== undefined) return found;
  const match = nearest(name, [...LONG.keys()]);
  throw new BuildError('USAGE', `unknown flag: --${name}`, {
    hint: match === undefined ? 'ts-kaniko --help lists the flags' : `did you mean --${match}?`,
  });
}

/** Letters that stand for other flags in kaniko's warmer. */
const WARMER_LETTERS = new Map([
  ['i', 'image'],
  ['c', 'cache-dir'],
  ['d', 'dockerfile'],
  ['f', 'force'],
]);

/** The meaning of `-x` for a command, the first word; throws USAGE for an unknown one. */
export function shortFlag(letter: string, command: string | undefined): FlagMeaning {
  const name = command === 'warmer' ? WARMER_LETTERS.get(letter) : undefined;
  const found = name === undefined ? SHORT.get(letter) : LONG.get(name);
  if (found !== undefined) return found;
  throw new BuildError('USAGE', `unknown flag: -${letter}`, { hint: 'ts-kaniko --help lists the flags' });
}

/** The spellings of a flag that are as good as another. */
export function namesOf(flag: FlagSpec): readonly string[] {
  return [flag.name, ...(flag.aliases ?? [])];
}

function meaning(name: string, option: FlagOption, deprecated: boolean): [string, FlagMeaning] {
  return [name, { kind: 'option', option, deprecated }];
}
