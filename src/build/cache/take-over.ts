import type { StepRecord } from '../../cache/index.ts';
import type { StageInstruction } from '../../dockerfile/index.ts';
import { addRow, copyRow, markLayer } from '../history.ts';
import { applyMetadata } from '../instructions/metadata.ts';
import { runCreatedBy } from '../instructions/run.ts';
import { setWorkdir } from '../instructions/workdir.ts';
import type { BuildKit } from '../kit.ts';
import type { StageState } from '../stage-state.ts';

/** Carries out an instruction by what an earlier build made of it: no file is touched before another step needs it. */
export function takeOver(
  instruction: StageInstruction,
  state: StageState,
  record: StepRecord,
  kit: BuildKit,
): void {
  const createdBy = rowOf(instruction, state, kit);
  if (createdBy === undefined) return;
  const row = addRow(state, createdBy, record.time);
  if (record.layer === undefined) return;
  markLayer(state, row);
  state.layers.push({ layer: Promise.resolve(record.layer), createdBy, reused: false });
  state.tree?.add(record.layer);
}

function rowOf(instruction: StageInstruction, state: StageState, kit: BuildKit): string | undefined {
  switch (instruction.kind) {
    case 'run':
      return runCreatedBy(instruction, state);
    case 'copy':
    case 'add':
      return copyRow(instruction);
    case 'workdir':
      return setWorkdir(instruction, state);
    default:
      applyMetadata(instruction, state, kit);
      return undefined;
  }
}
