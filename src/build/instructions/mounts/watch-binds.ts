import type { RunInstruction } from '../../../dockerfile/index.ts';
import { copiedMembers } from '../../cache/content-part.ts';
import type { BuildKit, Step } from '../../kit.ts';
import { workdirOf, type StageState } from '../../stage-state.ts';
import { mountRequests } from './mount-request.ts';

/** Takes down how the files look that a RUN is shown of the context, where somebody asks: a key was made of them. */
export function watchBinds(
  { mounts }: RunInstruction,
  state: StageState,
  { ports }: BuildKit,
  { planned, sightings }: Step,
): void {
  if (sightings === undefined) return;
  const view = ports.context.watched(sightings);
  for (const request of mountRequests(mounts, planned.mountSources ?? [], workdirOf(state)))
    if (request.type === 'bind' && request.from === undefined)
      copiedMembers(request.source, view, { isContext: true });
}
