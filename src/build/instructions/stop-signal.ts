import { constants } from 'node:os';
import type { WordInstruction } from '../../dockerfile/index.ts';
import { BuildError } from '../../errors/index.ts';
import type { StageState } from '../stage-state.ts';

const HIGHEST_SIGNAL = 64;
const REALTIME = /^RTM(?:IN(?:\+(?:1[0-5]|[1-9]))?|AX(?:-(?:1[0-4]|[1-9]))?)$/;

/** STOPSIGNAL: kept as written, after a look whether there is such a signal. Throws DOCKERFILE_SEMANTICS. */
export function applyStopSignal({ value }: WordInstruction, state: StageState): string {
  if (!isSignal(value)) {
    throw new BuildError('DOCKERFILE_SEMANTICS', `invalid signal: ${value}`, {
      hint: 'write a name such as SIGTERM or a number from 1 to 64',
    });
  }
  state.config = { ...state.config, StopSignal: value };
  return `STOPSIGNAL ${value}`;
}

function isSignal(text: string): boolean {
  if (/^\d+$/.test(text)) return Number(text) >= 1 && Number(text) <= HIGHEST_SIGNAL;
  const name = text.toUpperCase().replace(/^SIG/, '');
  return `SIG${name}` in constants.signals || name === 'CLD' || REALTIME.test(name);
}
