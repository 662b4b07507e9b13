import { BuildError } from '../errors/index.ts';

/** The text as one of the choices; throws USAGE that lists them. */
export function parseChoice<T extends string>(text: string, choices: readonly T[], name: string): T {
  const found = choices.find((choice) => choice === text);
  if (found !== undefined) return found;
  throw new BuildError('USAGE', `invalid value ${JSON.stringify(text)} for ${name}`, {
    hint: `one of: ${choices.join(', ')}`,
  });
}
