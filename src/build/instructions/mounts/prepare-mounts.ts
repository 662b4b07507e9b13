import type { RunInstruction } from '../../../dockerfile/index.ts';
import type { RootView } from '../../../rootfs/index.ts';
import type { BuildKit, Step } from '../../kit.ts';
import { rootOf } from '../../stage-files.ts';
import { workdirOf, type StageState } from '../../stage-state.ts';
import { prepareBind } from './bind-mount.ts';
import { prepareCaches } from './cache-mount.ts';
import { mountRequests, type MountRequest } from './mount-request.ts';
import { isNested, placeMounts, type PlacedMounts } from './place-mounts.ts';
import type { PreparedMount } from './prepared-mount.ts';
import { Releases } from './releases.ts';
import { prepareSecrets } from './secret-mount.ts';
import { agentVariable, prepareAgents } from './ssh-mount.ts';
import { prepareTmpfs } from './tmpfs-mount.ts';

/** Everything that --mount gives to one RUN. */
export interface RunMounts {
  /** Settles where the mounts go in the tree of the stage; to be called once, right before the RUN. */
  place(view: RootView): PlacedMounts;
  /** Variables that ENV and ARG win over. */
  readonly env: Readonly<Record<string, string>>;
  readonly secretEnv: Readonly<Record<string, string>>;
  /** Every secret the RUN is given, to be kept out of the log. */
  readonly secrets: readonly Uint8Array[];
  /** Gives back what the mounts are of. */
  release(): Promise<void>;
}

/** Gets the sources of the mounts of a RUN ready, waiting for caches that others use. */
export async function prepareMounts(
  { mounts }: RunInstruction,
  state: StageState,
  kit: BuildKit,
  { planned }: Step,
): Promise<RunMounts> {
  const requests = mountRequests(mounts, planned.mountSources ?? [], workdirOf(state));
  const releases = new Releases();
  try {
    const secrets = prepareSecrets(ofType(requests, 'secret'), kit.ports.secrets ?? new Map());
    const prepared = [
      ...secrets.mounts,
      ...ofType(requests, 'tmpfs').map(prepareTmpfs),
      ...(await prepareAgents(ofType(requests, 'ssh'), kit, releases)),
      ...(await prepareBinds(requests, kit, releases)),
      ...(await prepareCaches(ofType(requests, 'cache'), await nestedIn(requests, state), kit, releases)),
    ];
    return {
      place: (view) => placeMounts(view, prepared),
      env: agentVariable(ofType(requests, 'ssh')),
      secretEnv: secrets.env,
      secrets: secrets.values,
      release: () => releases.all(),
    };
  } catch (error) {
    await releases.all();
    throw error;
  }
}

async function prepareBinds(
  requests: readonly MountRequest[],
  kit: BuildKit,
  releases: Releases,
): Promise<PreparedMount[]> {
  const prepared: PreparedMount[] = [];
  for (const request of ofType(requests, 'bind')) prepared.push(await prepareBind(request, kit, releases));
  return prepared;
}

/** Only caches need to know. */
async function nestedIn(requests: readonly MountRequest[], state: StageState): Promise<boolean> {
  if (requests.length < 2 || !requests.some(({ type }) => type === 'cache')) return false;
  const opened = (await rootOf(state)).open();
  try {
    return isNested(
      opened.view,
      requests.flatMap(({ target }) => target ?? []),
    );
  } finally {
    opened.close();
  }
}

function ofType<T extends MountRequest['type']>(
  requests: readonly MountRequest[],
  type: T,
): Extract<MountRequest, { readonly type: T }>[] {
  return requests.filter(
    (request): request is Extract<MountRequest, { readonly type: T }> => request.type === type,
  );
}
