import { BuildError } from '../errors/index.ts';
import { type Reporter } from '../report/index.ts';
import { parseGoBool } from '../request/index.ts';
import { type GivenFlag } from './parse-flags.ts';

/** Throws USAGE for the first flag that belongs to other commands than this one. */
export function refuseForeignFlags(command: string, flags: readonly GivenFlag[]): void {
  for (const { option, spelling } of flags) {
    const { commands } = option;
    if (commands === undefined || commands.includes(command)) continue;
    throw new BuildError('USAGE', `${spelling} belongs to ${commands.join(', ')}`, {
      hint: `ts-kaniko ${command} does nothing with it`,
    });
  }
}

/** Throws UNSUPPORTED for the first flag that asks for something not done here. */
export function refuseFlags(flags: readonly GivenFlag[]): void {
  for (const given of flags) {
    if (given.option.treatment !== 'refused' || isInert(given)) continue;
    throw new BuildError('UNSUPPORTED', `${given.spelling} is not supported`, { hint: given.option.note });
  }
}

/** Tells of spellings that are out of date and of flags that change nothing. */
export function tellOfFlags(flags: readonly GivenFlag[], reporter: Reporter): void {
  for (const given of flags) {
    const { option, spelling, deprecated } = given;
    if (deprecated) reporter.warn(`${spelling} is out of date: use --${option.flag.name}`);
    if (option.treatment === 'warned' && !isInert(given))
      reporter.warn(`${spelling} has no effect${reason(given)}`);
    if (option.treatment === 'ignored') reporter.debug(`${spelling} has no effect${reason(given)}`);
  }
}

function isInert({ option, value, spelling }: GivenFlag): boolean {
  const normal = option.flag.kind === 'flag' ? String(parseGoBool(value, spelling)) : value;
  return option.inert?.includes(normal) ?? false;
}

function reason({ option }: GivenFlag): string {
  return option.note === undefined ? '' : `: ${option.note}`;
}
