import { OPTION_GROUPS, type FlagOption, type OptionSpec } from '../request/index.ts';
import { namesOf } from './flag-table.ts';

const WIDTH = 100;
const INDENT = 6;

const HEAD = `ts-kaniko builds container images from Dockerfiles in user space, without a daemon.

Usage:
  ts-kaniko [build] [flags]     build an image and push it
  ts-kaniko push archive|layout|reference --destination reference
                                push an image that is there, once all of it is checked
  ts-kaniko merge digest|reference… --destination reference
                                join images of several platforms in one index and push it
  ts-kaniko validate archive|layout|reference
                                derive all digests, sizes, diff IDs and history counts again
  ts-kaniko cache ls [--json]   list what layer caches hold
  ts-kaniko cache verify [--repair] [--json]
                                read all of it, and list what is damaged
  ts-kaniko cache prune --older-than duration | --max-size size [--dry-run] [--json]
                                take out what nobody uses
  ts-kaniko cache explain [flags of the build] [--json]
                                tell what a build would find, and why it would not, without building
  ts-kaniko warmer --image reference… | --dockerfile file [--cache-dir dir] [--force]
                                fetch base images that builds take from the directory
  ts-kaniko doctor [--json]     tell what this machine can do
  ts-kaniko version             print the version
  ts-kaniko --help              print this text
`;

/** The text of `--help`: every flag of the option tables. */
export function helpText(): string {
  const groups = OPTION_GROUPS.flatMap(({ title, options }) => {
    const flags = (options as readonly OptionSpec[]).filter(hasFlag);
    return flags.length === 0 ? [] : [`${title}:\n${flags.map(flagText).join('')}`];
  });
  return [HEAD, ...groups].join('\n');
}

function hasFlag(option: OptionSpec): option is FlagOption {
  return option.flag !== undefined;
}

function flagText({ flag, about, note }: FlagOption): string {
  const value = flag.kind === 'flag' ? '' : ` ${flag.value ?? 'value'}`;
  const repeat = flag.kind === 'list' ? ' (repeatable)' : '';
  const short = flag.short === undefined ? '' : `-${flag.short}, `;
  const names = namesOf(flag).map((name) => `--${name}`);
  const text = note === undefined ? about : `${about}; ${note}`;
  return `  ${short}${names.join(', ')}${value}${repeat}\n${wrapped(text)}`;
}

function wrapped(text: string): string {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && INDENT + last.length + 1 + word.length <= WIDTH)
      lines.push(`${lines.pop()} ${word}`);
    else lines.push(word);
  }
  return lines.map((line) => `${' '.repeat(INDENT)}${line}\n`).join('');
}
