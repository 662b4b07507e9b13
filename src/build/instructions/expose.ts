import { exposedPorts, type WordsInstruction } from '../../dockerfile/index.ts';
import type { StageState } from '../stage-state.ts';

/** EXPOSE: adds the ports to those that are exposed already. */
export function applyExpose({ values }: WordsInstruction, state: StageState): string {
  const ports = [...new Set(values.flatMap(exposedPorts))];
  const exposed = Object.fromEntries(ports.map((port) => [port, {}]));
  state.config = { ...state.config, ExposedPorts: { ...state.config.ExposedPorts, ...exposed } };
  return `EXPOSE map[${ports
    .sort()
    .map((port) => `${port}:{}`)
    .join(' ')}]`;
}
