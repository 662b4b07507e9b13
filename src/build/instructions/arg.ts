import { expandWord, type ArgInstruction } from '../../dockerfile/index.ts';
import { givenArg } from '../../plan/index.ts';
import type { BuildKit } from '../kit.ts';
import type { StageState } from '../stage-state.ts';

/** Where ARG finds values. */
export type ArgumentValues = Pick<BuildKit, 'spec' | 'globals' | 'dockerfile'>;

/**
 * ARG: the value is the build argument's, else the default's, else that of the global scope; without any the name is
 * declared and stays unset. What has a value is seen by later instructions and by RUN.
 */
export function applyArg(instruction: ArgInstruction, state: StageState, kit: ArgumentValues): string {
  const words = instruction.args.map(({ name, value }) => {
    const known = givenArg(kit.spec, name) ?? defaultOf(name, value, state, kit);
    if (known !== undefined) state.env.set(name, known);
    state.args.push({ name, value: known });
    return known === undefined ? name : `${name}=${known}`;
  });
  return `ARG ${words.join(' ')}`;
}

function defaultOf(
  name: string,
  value: string | undefined,
  state: StageState,
  kit: ArgumentValues,
): string | undefined {
  if (value === undefined) return kit.globals.get(name);
  return expandWord(value, (variable) => state.env.get(variable), { escape: kit.dockerfile.escape });
}
