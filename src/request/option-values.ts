import { type FlagName, type InputName } from './options/index.ts';

type SharedName<Kind extends string> = FlagName<Kind> & InputName<Kind>;

/** Values of the options that have the same name as flag and as input; undefined or empty where they were not given. */
export interface OptionValues {
  text(name: SharedName<'text'>): string | undefined;
  list(name: SharedName<'list'>): readonly string[];
  flag(name: SharedName<'flag'>): boolean | undefined;
}
