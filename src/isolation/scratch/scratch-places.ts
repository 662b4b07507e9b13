import type { MountEntry } from '../mount-info.ts';

/** A directory that scratch space could be made in, and what names it. */
export interface ScratchPlace {
  /** `RUNNER_TEMP`, `TMPDIR`, `/tmp`, the workspace's volume, or a volume of the container. */
  readonly origin: string;
  readonly directory: string;
}

/** Mounts of these types hold no files of anybody's, or are what is to be avoided. */
const NO_VOLUMES = new Set([
  ...[
    'proc',
    'sysfs',
    'devtmpfs',
    'devpts',
    'mqueue',
    'cgroup',
    'cgroup2',
    'securityfs',
    'debugfs',
    'tracefs',
  ],
  ...[
    'bpf',
    'pstore',
    'autofs',
    'hugetlbfs',
    'fusectl',
    'configfs',
    'binfmt_misc',
    'nsfs',
    'squashfs',
    'overlay',
  ],
]);
/** What lies there is the kernel's, the engine's, or secret. */
const NO_PLACES = ['/proc', '/sys', '/dev', '/etc', '/run/secrets', '/var/run/secrets'];

/**
 * Where scratch space may lie, the most natural place first: where the runner and the user want temporary files, then what
 * is mounted in a container, disks before memory. On a machine of its own other mounts are none of ours.
 */
export function scratchPlaces(
  env: Readonly<Record<string, string | undefined>>,
  mounts: readonly MountEntry[],
  isContainer: boolean,
): ScratchPlace[] {
  const named = (name: string): ScratchPlace[] => {
    const directory = env[name] ?? '';
    return directory.startsWith('/') ? [{ origin: name, directory }] : [];
  };
  const volumes = isContainer ? mounts.filter(isVolume) : [];
  const inMemory = (mount: MountEntry): boolean => mount.fsType === 'tmpfs' || mount.fsType === 'ramfs';
  return [
    ...named('RUNNER_TEMP'),
    ...volumeOf(env['GITHUB_WORKSPACE'], volumes),
    ...named('TMPDIR'),
    { origin: '/tmp', directory: '/tmp' },
    ...volumes.filter((mount) => !inMemory(mount)).map(placeOn('a volume of the container')),
    ...volumes.filter(inMemory).map(placeOn('a file system in memory')),
  ];
}

function volumeOf(workspace: string | undefined, volumes: readonly MountEntry[]): ScratchPlace[] {
  if (workspace === undefined) return [];
  const holding = volumes.filter(({ mountPoint }) => `${workspace}/`.startsWith(`${mountPoint}/`));
  const deepest = holding.sort((a, b) => b.mountPoint.length - a.mountPoint.length)[0];
  return deepest === undefined ? [] : [placeOn("the workspace's volume")(deepest)];
}

function placeOn(origin: string): (mount: MountEntry) => ScratchPlace {
  return ({ mountPoint }) => ({ origin, directory: mountPoint });
}

function isVolume({ mountPoint, fsType, options }: MountEntry): boolean {
  if (mountPoint === '/' || NO_VOLUMES.has(fsType) || !options.includes('rw')) return false;
  return !NO_PLACES.some((place) => `${mountPoint}/`.startsWith(`${place}/`));
}
