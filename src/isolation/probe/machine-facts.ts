import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { release } from 'node:os';
import { findProgram } from '../../process/index.ts';
import type { IdMaps } from '../backend/backend.ts';
import { mountOf, mountsBelow, parseMountInfo, restrictionsOf } from '../mount-info.ts';
import { inInitialUserNamespace, ownStatus, type ProcessStatus } from '../process-status.ts';
import { hasOwnProcesses, ownContainer, type OwnContainer } from './builder-image.ts';
import { nameOfUser, readOptional, subordinateMap } from './subordinate-ids.ts';

const TOOLS = [
  ...(['unshare', 'mount', 'setpriv', 'newuidmap', 'newgidmap', 'sudo', 'ip', 'getfattr'] as const),
  ...(['strace', 'proot'] as const),
] as const;

/** What can be read about this machine and our place on it, without trying anything. */
export interface MachineFacts extends ProcessStatus {
  readonly kernel: string;
  readonly userName: string | undefined;
  readonly initialUserNamespace: boolean;
  /** As `/proc/self/uid_map` prints it, blanks squeezed. */
  readonly uidMap: string;
  readonly container: boolean;
  /** What the container is to us, see the backend `inplace`. */
  readonly own: OwnContainer;
  readonly rootFsType: string;
  readonly scratch: string;
  readonly scratchFsType: string;
  /** `nosuid`, `nodev`, `noexec` of the mount the scratch lies on. */
  readonly scratchRestrictions: readonly string[];
  /** Paths that a container runtime has hidden below /proc. */
  readonly maskedProc: readonly string[];
  /** Values of sysctls; undefined where this kernel has none. */
  readonly maxUserNamespaces: number | undefined;
  readonly apparmorRestrictsUserns: boolean | undefined;
  readonly unprivilegedUsernsClone: boolean | undefined;
  /** The AppArmor profile or SELinux context we run in. */
  readonly securityLabel: string | undefined;
  /** Ids lent by /etc/subuid and /etc/subgid; undefined where one of them lends none. */
  readonly subordinate: IdMaps | undefined;
  readonly newuidmapSetuid: boolean | undefined;
  /** Absolute paths by name; undefined where missing. */
  readonly tools: Readonly<Record<(typeof TOOLS)[number], string | undefined>>;
}

/** Reads the facts; `env` tells PATH and what container engines set. */
export function machineFacts(
  scratch: string,
  env: Readonly<Record<string, string | undefined>>,
): MachineFacts {
  const status = ownStatus();
  const userName = nameOfUser();
  const mounts = parseMountInfo(readFileSync('/proc/self/mountinfo', 'utf8'));
  const scratchMount = mountOf(mounts, realpathSync(scratch));
  const tools = Object.fromEntries(
    TOOLS.map((name) => [name, findProgram(name, env['PATH'] ?? '')]),
  ) as MachineFacts['tools'];
  return {
    ...status,
    kernel: release(),
    userName,
    initialUserNamespace: inInitialUserNamespace(),
    uidMap: readOptional('/proc/self/uid_map')
      .trim()
      .replace(/[^\S\n]+/g, ' ')
      .replace(/\n ?/g, ', '),
    container: isContainer(env),
    own: ownContainer(env, process.execPath),
    rootFsType: mountOf(mounts, '/')?.fsType ?? 'unknown',
    scratch,
    scratchFsType: scratchMount?.fsType ?? 'unknown',
    scratchRestrictions: restrictionsOf(scratchMount),
    maskedProc: mountsBelow(mounts, '/proc'),
    maxUserNamespaces: numberIn('/proc/sys/user/max_user_namespaces'),
    apparmorRestrictsUserns: switchIn('/proc/sys/kernel/apparmor_restrict_unprivileged_userns'),
    unprivilegedUsernsClone: switchIn('/proc/sys/kernel/unprivileged_userns_clone'),
    securityLabel: readOptional('/proc/self/attr/current').replace(/\0/g, '').trim() || undefined,
    subordinate: subordinateMaps(status, userName),
    newuidmapSetuid:
      tools.newuidmap === undefined ? undefined : (statSync(tools.newuidmap).mode & 0o4000) !== 0,
    tools,
  };
}

function subordinateMaps({ uid, gid }: ProcessStatus, name: string | undefined): IdMaps | undefined {
  const users = subordinateMap(readOptional('/etc/subuid'), { uid, name }, uid);
  // Both files are by user; only the id that becomes 0 is a group's.
  const groups = subordinateMap(readOptional('/etc/subgid'), { uid, name }, gid);
  return users === undefined || groups === undefined ? undefined : { users, groups };
}

/** Whether we are in a container, by its marks, its process numbers or its variables. */
export function isContainer(env: Readonly<Record<string, string | undefined>>): boolean {
  const marked = ['/.dockerenv', '/run/.containerenv'].some((file) => existsSync(file));
  return (
    marked ||
    hasOwnProcesses() ||
    env['KUBERNETES_SERVICE_HOST'] !== undefined ||
    env['container'] !== undefined
  );
}

function numberIn(file: string): number | undefined {
  const text = readOptional(file).trim();
  return /^[0-9]+$/.test(text) ? Number(text) : undefined;
}

function switchIn(file: string): boolean | undefined {
  const value = numberIn(file);
  return value === undefined ? undefined : value !== 0;
}
