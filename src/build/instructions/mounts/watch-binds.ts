import type { RunInstruction } from '../../../dockerfile/index.ts';
import { copiedMembers, mountedSource } from '../../cache/content-part.ts';
import type { BuildKit, Step } from '../../kit.ts';
import { workdirOf, type StageState } from '../../stage-state.ts';
import { mountRequests } from './mount-request.ts';
import { mountedContext } from './mounted-context.ts';

/** Takes down how the files look that a RUN is shown of contexts, where somebody asks: a key was made of them. */
export function watchBinds(
  { mounts }: RunInstruction,
  state: StageState,
  { ports }: BuildKit,
  { planned, sightings }: Step,
): void {
  if (sightings === undefined) return;
  for (const request of mountRequests(mounts, planned.mountSources ?? [], workdirOf(state))) {
    const shown = mountedContext(request, ports);
    if (shown === undefined) continue;
    const view = shown.context.watched(sightings);
    copiedMembers(mountedSource(shown.source, view), view, { isContext: true });
  }
}
