import type { CopyInstruction } from '../dockerfile/index.ts';
import type { HistoryEntry } from '../oci/index.ts';
import type { DeclaredArg, StageState } from './stage-state.ts';

const COMMENT = 'buildkit.dockerfile.v0';

/**
 * Adds a history row without a layer; `at` is in milliseconds since the epoch, undefined for the time of the step before
 * it. Returns the row's position.
 */
export function addRow(state: StageState, createdBy: string, at: number | undefined): number {
  const row = {
    ...(at !== undefined && { created: rowTime(at) }),
    created_by: createdBy,
    comment: COMMENT,
    empty_layer: true,
  };
  return state.history.push(row) - 1;
}

/** A time as history rows have it. */
export function rowTime(at: number): string {
  return new Date(at).toISOString().replace('.000Z', 'Z');
}

/**
 * The history with a time in every row: rows of instructions that change no file have that of the step before them in
 * this build, or else of the first after them, so that a build out of the cache has the same rows; without any step they
 * have `fallback`.
 */
export function settledHistory(
  { history, inheritedRows }: Pick<StageState, 'history' | 'inheritedRows'>,
  fallback: string,
): HistoryEntry[] {
  const own = history.slice(inheritedRows);
  let time = own.find(({ created }) => created !== undefined)?.created ?? fallback;
  const settled = own.map((row) => {
    time = row.created ?? time;
    return { created: time, ...row };
  });
  return [...history.slice(0, inheritedRows), ...settled];
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
