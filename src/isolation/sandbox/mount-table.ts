import type { SandboxBind } from './sandbox-spec.ts';

/** What the mounts of a sandbox depend on. */
export interface MountPlan {
  readonly rootDir: string;
  /** A proc file system of its own, or this machine's bound. */
  readonly ownProc: boolean;
  /** Device nodes of its own in /dev, already made; else this machine's are bound over the empty files there. */
  readonly ownDevices: boolean;
  /** Whether the group of terminals (5) exists: not where there is one user only. */
  readonly terminalGroup: boolean;
  readonly binds: readonly SandboxBind[];
  readonly shmBytes: number;
  /** The host program that RUN is started from and whose `/proc/self/exe` a hostile image may get hold of. */
  readonly launcher: string;
  /** A sysfs of its own, which shows this network only and has nothing mounted in it. */
  readonly ownSysfs: boolean;
  /** Whether this kernel knows POSIX message queues. */
  readonly messageQueues: boolean;
  /** Mount points directly below this machine's /sys where that is bound; empty where a new one is mounted. */
  readonly sysMounts: readonly string[];
  /** Whether a path exists on this machine. */
  exists(path: string): boolean;
  /** The restrictions (`nosuid`, `nodev`, `noexec`) under which a path of this machine is mounted. */
  restrictionsOf(path: string): readonly string[];
}

/** Lines of fstab(5): those without which there is no sandbox, and those that an environment may refuse. */
export interface MountTable {
  readonly required: string;
  readonly optional: string;
}

export const DEVICES = ['null', 'zero', 'full', 'random', 'urandom', 'tty'] as const;

/** Docker's lists: what root in a container may read but not write, and what it must not see. */
const READ_ONLY_PROC = ['bus', 'fs', 'irq', 'sys', 'sysrq-trigger'];
const HIDDEN_FILES = [
  '/proc/interrupts',
  '/proc/kcore',
  '/proc/keys',
  '/proc/latency_stats',
  '/proc/sched_debug',
  '/proc/timer_list',
  '/proc/timer_stats',
];
const HIDDEN_DIRECTORIES = [
  '/proc/acpi',
  '/proc/asound',
  '/proc/scsi',
  '/sys/firmware',
  '/sys/devices/virtual/powercap',
];

/**
 * Everything mounted in a sandbox after its root and the tmpfs on `/dev` are there. The order matters: later lines
 * lie on earlier ones.
 */
export function mountTable(plan: MountPlan): MountTable {
  const inRoot = (path: string): string => `${plan.rootDir}${path}`;
  const required = [
    ...(plan.ownSysfs ? [line('sysfs', inRoot('/sys'), 'sysfs', 'ro,nosuid,nodev,noexec')] : []),
    ...processes(plan, inRoot),
    line('devpts', inRoot('/dev/pts'), 'devpts', terminals(plan)),
    line('shm', inRoot('/dev/shm'), 'tmpfs', `mode=1777,nosuid,nodev,noexec,size=${plan.shmBytes}`),
    ...DEVICES.map((name) => device(plan, name, inRoot)),
    // A script that names /proc/self/exe as its interpreter would otherwise open a host program for writing.
    line(plan.launcher, plan.launcher, 'none', bound(plan, plan.launcher, ['ro'])),
    ...plan.binds.map(({ source, target, readOnly }) =>
      // Device nodes that RUN makes there open no disk.
      line(
        source,
        inRoot(target),
        'none',
        bound(plan, source, readOnly === true ? ['nodev', 'ro'] : ['nodev']),
      ),
    ),
  ];
  if (plan.messageQueues) {
    required.push(line('mqueue', inRoot('/dev/mqueue'), 'mqueue', 'nosuid,nodev,noexec'));
  }
  const optional: string[] = [];
  // A bound /proc comes with the masks of the container around us, which we may add to where it lets us.
  (plan.ownProc ? required : optional).push(...restrictions(plan, inRoot));
  // What RUN makes in /dev opens no disk; the nodes that are there are mounts of their own by now.
  required.push(line('none', inRoot('/dev'), 'none', 'remount,bind,nosuid,nodev'));
  return { required: joined(required), optional: joined(optional) };
}

function terminals({ terminalGroup }: MountPlan): string {
  return [
    'newinstance',
    'ptmxmode=0666',
    'mode=0620',
    ...(terminalGroup ? ['gid=5'] : []),
    'nosuid',
    'noexec',
  ].join(',');
}

function processes(plan: MountPlan, inRoot: (path: string) => string): string[] {
  if (plan.ownProc) return [line('proc', inRoot('/proc'), 'proc', 'nosuid,nodev,noexec')];
  // The mounts that mask a container's /proc are locked to it: only the whole can be bound.
  return [line('/proc', inRoot('/proc'), 'none', 'rbind')];
}

function device(plan: MountPlan, name: string, inRoot: (path: string) => string): string {
  const target = inRoot(`/dev/${name}`);
  // Each node is a mount of its own, because /dev itself becomes nodev: what RUN makes there opens no disk.
  if (plan.ownDevices) return line(target, target, 'none', 'bind');
  // The inode is the machine's, so its mode and owner stay out of reach. Devices can be written all the same.
  return line(`/dev/${name}`, target, 'none', bound(plan, `/dev/${name}`, ['ro']));
}

/** Options of a bind that keeps the restrictions of what it binds. */
function bound(plan: MountPlan, source: string, options: readonly string[]): string {
  return ['bind', ...new Set([...plan.restrictionsOf(source), ...options])].join(',');
}

function restrictions(plan: MountPlan, inRoot: (path: string) => string): string[] {
  const present = (path: string): boolean => plan.exists(path);
  return [
    ...READ_ONLY_PROC.map((name) => `/proc/${name}`)
      .filter(present)
      .map((path) =>
        line(inRoot(path), inRoot(path), 'none', `${plan.ownProc ? 'bind' : 'rbind'},ro,nosuid,nodev,noexec`),
      ),
    ...HIDDEN_FILES.filter(present).map((path) => line(inRoot('/dev/null'), inRoot(path), 'none', 'bind')),
    ...[...HIDDEN_DIRECTORIES.filter(present), ...plan.sysMounts].map((path) =>
      line('tmpfs', inRoot(path), 'tmpfs', 'ro,size=0,nosuid,nodev,noexec'),
    ),
  ];
}

function line(source: string, target: string, type: string, options: string): string {
  return `${escaped(source)} ${escaped(target)} ${type} ${options} 0 0`;
}

/** fstab(5) separates by blanks and reads three octal digits after a backslash. */
function escaped(path: string): string {
  return path.replace(/[\s\\#]/g, (char) => `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`);
}

function joined(lines: readonly string[]): string {
  return lines.map((text) => `${text}\n`).join('');
}
