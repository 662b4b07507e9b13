import { parseGoBool, type FlagName, type OptionValues } from '../request/index.ts';
import { type GivenFlag } from './parse-flags.ts';

/** Values by the name of the flag, whatever spelling was used. Names that are no flags do not compile. */
export interface FlagValues extends OptionValues {
  /** The last value; undefined where it is empty or was not given. */
  text(name: FlagName<'text'>): string | undefined;
  /** All values in order. */
  list(name: FlagName<'list'>): readonly string[];
  /** The last value; undefined where it was not given. Throws USAGE for what is no boolean. */
  flag(name: FlagName<'flag'>): boolean | undefined;
}

export function flagValues(flags: readonly GivenFlag[]): FlagValues {
  const given = (name: string): GivenFlag[] => flags.filter(({ option }) => option.flag.name === name);
  return {
    text(name) {
      const value = given(name).at(-1)?.value;
      return value === '' ? undefined : value;
    },
    list: (name) => given(name).map(({ value }) => value),
    flag(name) {
      const last = given(name).at(-1);
      return last === undefined ? undefined : parseGoBool(last.value, last.spelling);
    },
  };
}
