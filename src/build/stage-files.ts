import type { BytePath } from '../bytes/index.ts';
import { BuildError } from '../errors/index.ts';
import type { Change, StageRoot } from '../snapshot/index.ts';
import type { TarMember } from '../tar/index.ts';
import type { StageState } from './stage-state.ts';

/** The tree of a stage; one is made for every stage that changes files or that others read from. */
export function rootOf(state: StageState): StageRoot {
  if (state.root !== undefined) return state.root;
  throw new BuildError('INTERNAL', `the files of ${state.stage.label} were needed and never made`);
}

/** Members of a COPY, ADD or WORKDIR as changes: they go into the layer whether the tree had the same or not. */
export function addedMembers(members: readonly TarMember[]): Change[] {
  return members.map((member) => ({ kind: 'added', member }));
}

/** Gives `work` a look-up of what a tree holds, by relative path. */
export async function existedIn(
  root: StageRoot,
  work: (existed: (path: BytePath) => boolean) => Promise<void>,
): Promise<void> {
  const opened = root.open();
  try {
    await work((path) => opened.view.lstat(`/${path}` as BytePath) !== undefined);
  } finally {
    opened.close();
  }
}
