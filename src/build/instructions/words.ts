import type {
  OnbuildInstruction,
  ShellInstruction,
  WordInstruction,
  WordsInstruction,
} from '../../dockerfile/index.ts';
import { goList } from '../go-format.ts';
import type { StageState } from '../stage-state.ts';

export function applyUser({ value }: WordInstruction, state: StageState): string {
  state.config = { ...state.config, User: value };
  return `USER ${value}`;
}

export function applyStopSignal({ value }: WordInstruction, state: StageState): string {
  state.config = { ...state.config, StopSignal: value };
  return `STOPSIGNAL ${value}`;
}

export function applyMaintainer({ value }: WordInstruction, state: StageState): string {
  state.fields = { ...state.fields, author: value };
  return `MAINTAINER ${value}`;
}

export function applyShell({ shell }: ShellInstruction, state: StageState): string {
  state.config = { ...state.config, Shell: [...shell] };
  return `SHELL ${goList(shell)}`;
}

/** VOLUME only tells of the path: what is written below it stays in the image. */
export function applyVolume({ values }: WordsInstruction, state: StageState): string {
  const volumes = Object.fromEntries(values.map((path) => [path, {}]));
  state.config = { ...state.config, Volumes: { ...state.config.Volumes, ...volumes } };
  return `VOLUME ${goList(values)}`;
}

/** ONBUILD is carried out by whoever builds on the image; it leaves no history row. */
export function applyOnbuild({ trigger }: OnbuildInstruction, state: StageState): undefined {
  state.config = { ...state.config, OnBuild: [...(state.config.OnBuild ?? []), trigger] };
  return undefined;
}
