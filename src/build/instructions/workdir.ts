import type { WordInstruction } from '../../dockerfile/index.ts';
import { planWorkdir } from '../../copy/index.ts';
import { resolveOwner, type RootView } from '../../rootfs/index.ts';
import type { TarMember } from '../../tar/index.ts';
import { addedMembers, rootOf } from '../stage-files.ts';
import type { BuildKit } from '../kit.ts';
import { resolveWorkdir, workdirOf, type StageState } from '../stage-state.ts';

/** WORKDIR: sets the directory and makes it, with all it lacks on the way, for the current user. */
export async function runWorkdir(
  instruction: WordInstruction,
  state: StageState,
  kit: BuildKit,
): Promise<void> {
  const createdBy = setWorkdir(instruction, state);
  const path = workdirOf(state);
  // The root directory is always there.
  const members =
    path === '/' ? [] : await (await rootOf(state)).change((view) => workdirMembers(view, path, state, kit));
  await kit.committer.step(state, { createdBy, changes: addedMembers(members), stable: true }, kit.time());
}

/** Sets the working directory in the config; returns what the history says. */
export function setWorkdir({ value }: WordInstruction, state: StageState): string {
  const written = resolveWorkdir(state.config.WorkingDir ?? '', value);
  state.config = { ...state.config, WorkingDir: written };
  return `WORKDIR ${written}`;
}

/**
 * The directories that a working directory lacks in a tree. They belong to the stage's user as `--chown` would take its
 * name: a number alone is the group too, and who is not known is root.
 */
function workdirMembers(view: RootView, path: string, { config }: StageState, kit: BuildKit): TarMember[] {
  const user = config.User ?? '';
  const owner = user === '' ? undefined : resolveOwner(view, user);
  return planWorkdir(view, path, owner, Math.floor(kit.time() / 1000));
}
