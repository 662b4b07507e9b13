import { posix } from 'node:path';
import type { RunMountFlag } from '../../../dockerfile/index.ts';
import { BuildError } from '../../../errors/index.ts';
import type { PlannedStage } from '../../../plan/index.ts';

interface Owned {
  /** Undefined where the default counts. */
  readonly mode: number | undefined;
  readonly uid: number | undefined;
  readonly gid: number | undefined;
}

export type Sharing = 'shared' | 'private' | 'locked';

export interface BindRequest {
  readonly type: 'bind';
  readonly target: string;
  /** Absolute in what it is taken from. */
  readonly source: string;
  /** The build context where absent. */
  readonly from: PlannedStage | undefined;
  readonly readOnly: boolean;
}
export interface CacheRequest extends Owned {
  readonly type: 'cache';
  readonly target: string;
  readonly source: string;
  /** What the cache holds at first; nothing where absent. */
  readonly from: PlannedStage | undefined;
  readonly id: string;
  readonly sharing: Sharing;
  readonly readOnly: boolean;
}
export interface TmpfsRequest {
  readonly type: 'tmpfs';
  readonly target: string;
  readonly sizeBytes: number | undefined;
  readonly readOnly: boolean;
}
export interface SecretRequest extends Owned {
  readonly type: 'secret';
  readonly id: string;
  /** Undefined where it is given as a variable only. */
  readonly target: string | undefined;
  readonly env: string | undefined;
  readonly required: boolean;
}
export interface SshRequest extends Owned {
  readonly type: 'ssh';
  readonly id: string;
  readonly target: string;
  readonly required: boolean;
}
export type MountRequest = BindRequest | CacheRequest | TmpfsRequest | SecretRequest | SshRequest;

/** What the mounts of a RUN ask for, with BuildKit's defaults. `froms` are the stages and images that they name. */
export function mountRequests(
  mounts: readonly RunMountFlag[],
  froms: readonly (PlannedStage | undefined)[],
  workdir: string,
): MountRequest[] {
  let agents = 0;
  return mounts.map(({ options }, index) => {
    const from = froms[index];
    switch (options.get('type')) {
      case 'cache':
        return cacheRequest(options, from, workdir);
      case 'tmpfs':
        return {
          type: 'tmpfs',
          ...placeOf(options, workdir, false),
          sizeBytes: numberOf(options, 'size', 10),
        };
      case 'secret':
        return secretRequest(options);
      case 'ssh':
        return sshRequest(options, agents++);
      default:
        return { type: 'bind', ...placeOf(options, workdir, true), source: sourceOf(options), from };
    }
  });
}

type Options = RunMountFlag['options'];

function cacheRequest(options: Options, from: PlannedStage | undefined, workdir: string): CacheRequest {
  const place = placeOf(options, workdir, false);
  return {
    type: 'cache',
    ...place,
    ...ownedBy(options),
    source: sourceOf(options),
    from,
    id: options.get('id') || place.target,
    sharing: (options.get('sharing') ?? 'shared') as Sharing,
  };
}

function secretRequest(options: Options): SecretRequest {
  const [given, env] = [options.get('target') || undefined, options.get('env') || undefined];
  const id = options.get('source') || options.get('id') || posix.basename(given ?? '');
  const fallback = env === undefined ? `/run/secrets/${posix.basename(id)}` : undefined;
  const target = given ?? fallback;
  return {
    type: 'secret',
    ...ownedBy(options),
    id,
    env,
    target: target === undefined ? undefined : posix.resolve('/', target),
    required: options.get('required') === 'true',
  };
}

function sshRequest(options: Options, index: number): SshRequest {
  if ((options.get('source') ?? '') !== '')
    throw new BuildError('DOCKERFILE_SEMANTICS', 'ssh does not support source', { hint: 'leave source out' });
  return {
    type: 'ssh',
    ...ownedBy(options),
    id: options.get('id') || 'default',
    target: posix.resolve('/', options.get('target') || `/run/buildkit/ssh_agent.${index}`),
    required: options.get('required') === 'true',
  };
}

/** A missing or relative target counts from the working directory. */
function placeOf(
  options: Options,
  workdir: string,
  readOnly: boolean,
): { readonly target: string; readonly readOnly: boolean } {
  const asked = options.get('readonly');
  return {
    target: posix.resolve('/', workdir, options.get('target') ?? ''),
    readOnly: asked === undefined ? readOnly : asked === 'true',
  };
}

function sourceOf(options: Options): string {
  return posix.join('/', options.get('source') ?? '');
}

function ownedBy(options: Options): Owned {
  return {
    mode: numberOf(options, 'mode', 8),
    uid: numberOf(options, 'uid', 10),
    gid: numberOf(options, 'gid', 10),
  };
}

function numberOf(options: Options, key: string, radix: 8 | 10): number | undefined {
  const text = options.get(key);
  return text === undefined ? undefined : parseInt(text, radix);
}
