import type { BytePath } from '../bytes/index.ts';
import { BuildError } from '../errors/index.ts';
import type { Change, StageRoot } from '../snapshot/index.ts';
import type { TarMember } from '../tar/index.ts';
import type { StageState } from './stage-state.ts';

/** The tree of a stage as it is now, made where nobody asked for it yet. Throws what getting its layers throws. */
export function rootOf({ tree, stage }: StageState): Promise<StageRoot> {
  if (tree !== undefined) return tree.ready();
  throw new BuildError('INTERNAL', `the files of ${stage.label} were needed and never made`);
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
