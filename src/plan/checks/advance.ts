import {
  expandInstruction,
  expandWord,
  type ArgInstruction,
  type Dockerfile,
  type StageInstruction,
} from '../../dockerfile/index.ts';
import type { BuildSpec } from '../../request/index.ts';
import { givenArg } from '../given-arg.ts';
import type { StageScope } from './stage-scope.ts';

export interface AdvanceKit {
  readonly spec: BuildSpec;
  readonly dockerfile: Pick<Dockerfile, 'escape'>;
  readonly globals: ReadonlyMap<string, string>;
  /** Told, once for each word, the names in it that are not set, where there are any. */
  readonly onUnmatched?: ((names: ReadonlySet<string>) => void) | undefined;
}

/**
 * The instruction with its variables replaced; the scope then stands behind it. Throws DOCKERFILE_SEMANTICS and
 * DOCKERFILE_SYNTAX as the build would.
 */
export function advance(instruction: StageInstruction, scope: StageScope, kit: AdvanceKit): StageInstruction {
  if (instruction.kind === 'arg') return declare(instruction, scope, kit);
  const { escape } = kit.dockerfile;
  const lookup = (name: string): string | undefined => scope.env.get(name);
  const expanded = expandInstruction(instruction, lookup, { escape, onUnmatched: kit.onUnmatched });
  if (expanded.kind === 'env') for (const { key, value } of expanded.pairs) scope.env.set(key, value);
  return expanded;
}

/** One after the other: the default of an argument sees those before it on the same line. */
function declare(arg: ArgInstruction, scope: StageScope, kit: AdvanceKit): ArgInstruction {
  const args = arg.args.map(({ name, value }) => {
    const known = givenArg(kit.spec, name) ?? defaultOf(name, value, scope, kit);
    if (known !== undefined) scope.env.set(name, known);
    scope.args.add(name);
    return { name, value: known };
  });
  return { ...arg, args };
}

function defaultOf(
  name: string,
  value: string | undefined,
  { env }: StageScope,
  { globals, dockerfile: { escape }, onUnmatched }: AdvanceKit,
): string | undefined {
  if (value === undefined) return globals.get(name);
  return expandWord(value, (variable) => env.get(variable), { escape, onUnmatched });
}
