import type { CopyInstruction } from '../dockerfile/index.ts';
import type { DeclaredArg, StageState } from './stage-state.ts';

const COMMENT = 'buildkit.dockerfile.v0';

/** Adds a history row without a layer; `at` is in milliseconds since the epoch. Returns the row's position. */
export function addRow(state: StageState, createdBy: string, at: number): number {
  const row = {
    created: new Date(at).toISOString().replace('.000Z', 'Z'),
    created_by: createdBy,
    comment: COMMENT,
    empty_layer: true,
  };
  return state.history.push(row) - 1;
}

/** Marks a row as the one that made a layer. */
export function markLayer(state: StageState, row: number): void {
  const { empty_layer: _none, ...rest } = state.history[row] ?? {};
  state.history[row] = rest;
}

/** The row of a RUN: declared arguments with their values in front, as docker has written them ever since. */
export function runRow(
  args: readonly string[],
  declared: readonly DeclaredArg[],
  env: ReadonlyMap<string, string>,
): string {
  const values = new Map<string, string>();
  for (const { name, value } of declared) values.set(name, `${name}=${env.get(name) ?? value ?? ''}`);
  const prefix = values.size === 0 ? [] : [`|${values.size}`, ...values.values()];
  return `RUN ${[...prefix, ...args].join(' ')} # buildkit`;
}

/** The row of a COPY or ADD, variables replaced; of the flags only these are told. */
export function copyRow(instruction: CopyInstruction): string {
  const { kind, parents, chown, chmod, sources, heredocs, destination } = instruction;
  const words = [
    kind.toUpperCase(),
    ...(parents ? ['--parents'] : []),
    ...(chown === undefined ? [] : [`--chown=${chown}`]),
    ...(chmod === undefined ? [] : [`--chmod=${chmod}`]),
    ...sources,
    ...heredocs.map(({ name }) => `<<${name}`),
    destination,
  ];
  return `${words.join(' ')} # buildkit`;
}
