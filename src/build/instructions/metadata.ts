import { assertNever } from '../../errors/index.ts';
import type { StageInstruction } from '../../dockerfile/index.ts';
import type { BuildKit } from '../kit.ts';
import type { StageState } from '../stage-state.ts';
import { applyArg, type ArgumentValues } from './arg.ts';
import { applyCommand } from './command.ts';
import { applyExpose } from './expose.ts';
import { applyHealthcheck } from './healthcheck.ts';
import { applyEnv, applyLabel } from './pairs.ts';
import {
  applyMaintainer,
  applyOnbuild,
  applyShell,
  applyStopSignal,
  applyUser,
  applyVolume,
} from './words.ts';

/** Carries out an instruction that only concerns the image's config, and adds its history row. */
export function applyMetadata(instruction: StageInstruction, state: StageState, kit: BuildKit): void {
  const row = applyToConfig(instruction, state, kit);
  if (row !== undefined) kit.committer.metadata(state, row);
}

/** Changes the config; returns what the history says of it. */
export function applyToConfig(
  instruction: StageInstruction,
  state: StageState,
  kit: ArgumentValues,
): string | undefined {
  switch (instruction.kind) {
    case 'arg':
      return applyArg(instruction, state, kit);
    case 'env':
      return applyEnv(instruction, state);
    case 'label':
      return applyLabel(instruction, state);
    case 'cmd':
    case 'entrypoint':
      return applyCommand(instruction, state);
    case 'expose':
      return applyExpose(instruction, state);
    case 'volume':
      return applyVolume(instruction, state);
    case 'user':
      return applyUser(instruction, state);
    case 'stopsignal':
      return applyStopSignal(instruction, state);
    case 'maintainer':
      return applyMaintainer(instruction, state);
    case 'shell':
      return applyShell(instruction, state);
    case 'healthcheck':
      return applyHealthcheck(instruction, state);
    case 'onbuild':
      return applyOnbuild(instruction, state);
    case 'run':
    case 'copy':
    case 'add':
    case 'workdir':
      return undefined;
    default:
      return assertNever(instruction);
  }
}
