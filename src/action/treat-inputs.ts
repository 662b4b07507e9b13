import { BuildError } from '../errors/index.ts';
import { type Reporter } from '../report/index.ts';
import {
  INPUT_OPTIONS,
  parseActionBool,
  parseListInput,
  type InputOption,
  type Treatment,
} from '../request/index.ts';
import { type Runner } from './runner.ts';

/** Throws UNSUPPORTED for the first input that asks for something not done here. */
export function refuseInputs(runner: Runner): void {
  for (const { input, note } of asking(runner, 'refused'))
    throw new BuildError('UNSUPPORTED', `the input ${input.name} is not supported`, { hint: note });
}

/** Tells of inputs that change nothing. */
export function tellOfInputs(runner: Runner, reporter: Reporter): void {
  for (const option of asking(runner, 'warned')) reporter.warn(withoutEffect(option));
  for (const option of asking(runner, 'ignored')) reporter.debug(withoutEffect(option));
}

function asking(runner: Runner, treatment: Treatment): InputOption[] {
  return INPUT_OPTIONS.filter(
    (option) => option.treatment === treatment && asksForSomething(option, runner.input(option.input.name)),
  );
}

function asksForSomething({ input, inert = [] }: InputOption, value: string): boolean {
  if (value === '') return false;
  if (input.kind === 'flag') return !inert.includes(String(parseActionBool(value, input.name)));
  const { name, kind, ignoreComma = false } = input;
  const parts = kind === 'list' ? parseListInput(value, name, { ignoreComma }) : [value];
  return parts.some((part) => !inert.includes(part));
}

function withoutEffect({ input, note }: InputOption): string {
  return `the input ${input.name} has no effect${note === undefined ? '' : `: ${note}`}`;
}
