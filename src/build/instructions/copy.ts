import { heredocFile, planAdd, planCopy, type CopyRequest } from '../../copy/index.ts';
import type { BuildContext, Sightings } from '../../context/index.ts';
import { fromText } from '../../bytes/index.ts';
import { locationOf, type CopyInstruction } from '../../dockerfile/index.ts';
import type { PlannedInstruction } from '../../plan/index.ts';
import type { RootView } from '../../rootfs/index.ts';
import type { MemberPlan, OpenedRoot } from '../../snapshot/index.ts';
import type { TarMember } from '../../tar/index.ts';
import { copyRow } from '../history.ts';
import type { BuildKit, Step } from '../kit.ts';
import { addedMembers, rootOf } from '../stage-files.ts';
import { workdirOf, type StageState } from '../stage-state.ts';
import { fetchDownloads } from './downloads.ts';
import { fetchRepositories } from './repositories.ts';

/** COPY: from the build context, or from the stage or image that `--from` names. */
export async function runCopy(
  instruction: CopyInstruction,
  state: StageState,
  kit: BuildKit,
  step: Step,
): Promise<void> {
  const { source } = step.planned;
  const opened = source === undefined ? undefined : (await rootOf(await kit.finished(source))).open();
  await copyInto(instruction, state, kit, opened?.close, (target) =>
    planCopy(requestOf(instruction, state, kit, step, opened, target)),
  );
}

/** ADD: as COPY, and archives are unpacked and URLs downloaded. */
export async function runAdd(
  instruction: CopyInstruction,
  state: StageState,
  kit: BuildKit,
  step: Step,
): Promise<void> {
  const [downloads, trees] = await Promise.all([
    fetchDownloads(instruction, kit, step.sightings),
    fetchRepositories(instruction, kit, step.sightings),
  ]);
  const spillDirectory = fromText(kit.freshDirectory('spill'));
  await copyInto(instruction, state, kit, undefined, (target) =>
    planAdd({
      ...requestOf(instruction, state, kit, step, undefined, target),
      downloads,
      trees,
      unpack: instruction.unpack,
      spillDirectory,
      signal: kit.ports.signal,
    }),
  );
}

/** Plans the copy, puts it into the stage's tree and commits it; `release` is called when nothing reads the source any more. */
async function copyInto(
  instruction: CopyInstruction,
  state: StageState,
  kit: BuildKit,
  release: (() => void) | undefined,
  plan: MemberPlan,
): Promise<void> {
  let members: readonly TarMember[];
  try {
    members = await (await rootOf(state)).change(plan);
  } catch (error) {
    release?.();
    throw error;
  }
  const step = { createdBy: copyRow(instruction), changes: addedMembers(members), stable: true, release };
  await kit.committer.step(state, step, kit.time());
}

function requestOf(
  instruction: CopyInstruction,
  state: StageState,
  kit: BuildKit,
  { planned, sightings }: Step,
  source: OpenedRoot | undefined,
  target: RootView,
): CopyRequest {
  const { context, reporter } = kit.ports;
  const location = locationOf(kit.dockerfile, instruction.range);
  const now = Math.floor(kit.time() / 1000);
  return {
    source: watchedBy(sightings, contextOf(planned, kit)) ?? source?.view ?? context.view,
    sources: instruction.sources,
    files: instruction.heredocs.map(({ name, content }) => heredocFile(name, content, now)),
    destination: instruction.destination,
    workdir: workdirOf(state),
    target,
    owner: instruction.chown,
    onUnknownOwner: (kind, name) =>
      reporter.warn(`--chown: the image knows no ${kind} ${name}, so it is taken for root`, location),
    chmod: instruction.chmod,
    parents: instruction.parents,
    excludes: instruction.excludes,
    link: instruction.link,
    isContext: source === undefined,
    isIgnored: source === undefined ? (path) => context.isIgnored(path) : undefined,
    now,
    location,
  };
}

/** The context a COPY reads from; undefined where it is a stage or an image. */
function contextOf({ source }: PlannedInstruction, { ports }: BuildKit): BuildContext | undefined {
  if (source === undefined) return ports.context;
  return source.base.kind === 'context' ? ports.contexts?.get(source.base.name) : undefined;
}

function watchedBy(
  sightings: Sightings | undefined,
  context: BuildContext | undefined,
): RootView | undefined {
  return sightings && context?.watched(sightings);
}
