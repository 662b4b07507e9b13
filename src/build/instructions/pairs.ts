import type { PairsInstruction } from '../../dockerfile/index.ts';
import { splitEntry, type StageState } from '../stage-state.ts';

/** ENV: a variable keeps its place in the list when it is set again. */
export function applyEnv({ pairs }: PairsInstruction, state: StageState): string {
  const entries = [...(state.config.Env ?? [])];
  for (const { key, value } of pairs) {
    const at = entries.findIndex((entry) => splitEntry(entry)[0] === key);
    if (at < 0) entries.push(`${key}=${value}`);
    else entries[at] = `${key}=${value}`;
    state.env.set(key, value);
  }
  state.config = { ...state.config, Env: entries };
  return `ENV ${written(pairs)}`;
}

/** LABEL. */
export function applyLabel({ pairs }: PairsInstruction, state: StageState): string {
  const labels = Object.fromEntries(pairs.map(({ key, value }) => [key, value]));
  state.config = { ...state.config, Labels: { ...state.config.Labels, ...labels } };
  return `LABEL ${written(pairs)}`;
}

function written(pairs: PairsInstruction['pairs']): string {
  return pairs.map(({ key, value }) => `${key}=${value}`).join(' ');
}
