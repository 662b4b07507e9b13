import {
  INPUT_OPTIONS,
  parseActionBool,
  parseListInput,
  type InputName,
  type OptionValues,
} from '../request/index.ts';
import { type Runner } from './runner.ts';

/** Inputs by name and kind. Names that are no inputs do not compile. */
export interface InputValues extends OptionValues {
  /** Undefined where it is empty. */
  text(name: InputName<'text'>): string | undefined;
  /** Throws USAGE for quotes that do not close. */
  list(name: InputName<'list'>): readonly string[];
  /** Undefined where it is empty; throws USAGE for what is no boolean. */
  flag(name: InputName<'flag'>): boolean | undefined;
}

const LISTS = new Map(INPUT_OPTIONS.map(({ input }) => [input.name, input]));

export function inputValues(runner: Runner): InputValues {
  return {
    text(name) {
      const value = runner.input(name);
      return value === '' ? undefined : value;
    },
    list: (name) => {
      const { ignoreComma = false, raw = false, quotes = true } = LISTS.get(name) ?? {};
      return parseListInput(runner.input(name, { raw }), name, { ignoreComma, keepWhitespace: raw, quotes });
    },
    flag: (name) => parseActionBool(runner.input(name), name),
  };
}
