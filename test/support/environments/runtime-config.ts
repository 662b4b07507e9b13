import type { TestEnvironment } from './environment.ts';
import { dockerLikeProfile } from './seccomp-profile.ts';

/** A directory or file of this machine that the container sees. */
export interface ContainerBind {
  readonly source: string;
  readonly target: string;
  readonly readOnly?: boolean;
}

export interface ContainerProcess {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

/** What container engines hide of /proc and /sys, and what they make read-only (Docker's documented lists). */
const MASKED = [
  ...['/proc/acpi', '/proc/asound', '/proc/interrupts', '/proc/kcore', '/proc/keys', '/proc/latency_stats'],
  ...['/proc/sched_debug', '/proc/scsi', '/proc/timer_list', '/proc/timer_stats', '/sys/firmware'],
  '/sys/devices/virtual/powercap',
];
const READ_ONLY = ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'];

/**
 * config.json of the OCI runtime specification for an environment: a /dev of its own, its own process numbers, and the
 * network of this machine, where the registry is on the loopback interface.
 */
export function runtimeConfig(
  environment: TestEnvironment,
  rootDirectory: string,
  binds: readonly ContainerBind[],
  { args, env, cwd }: ContainerProcess,
): unknown {
  const named = (names: readonly string[]): string[] => names.map((name) => `CAP_${name}`);
  const { uid, capabilities, bounding, noNewPrivileges, maskedPaths, seccomp } = environment;
  return {
    ociVersion: '1.0.2',
    process: {
      terminal: false,
      user: { uid, gid: uid },
      args,
      env: Object.entries(env).map(([name, value]) => `${name}=${value}`),
      cwd,
      capabilities: {
        bounding: named(bounding),
        effective: named(capabilities),
        permitted: named(capabilities),
        inheritable: [],
        ambient: [],
      },
      noNewPrivileges,
    },
    root: { path: rootDirectory, readonly: environment.readOnlyRoot },
    hostname: 'job',
    mounts: mountsOf(binds),
    linux: {
      namespaces: ['pid', 'ipc', 'uts', 'mount'].map((type) => ({ type })),
      ...(maskedPaths ? { maskedPaths: MASKED, readonlyPaths: READ_ONLY } : {}),
      ...(seccomp === 'docker' ? { seccomp: dockerLikeProfile() } : {}),
    },
  };
}

function mountsOf(binds: readonly ContainerBind[]): unknown[] {
  const mount = (destination: string, type: string, options: string): unknown => ({
    destination,
    type,
    source: type,
    options: options.split(','),
  });
  return [
    mount('/proc', 'proc', 'nosuid,noexec,nodev'),
    mount('/dev', 'tmpfs', 'nosuid,strictatime,mode=755,size=65536k'),
    mount('/dev/pts', 'devpts', 'nosuid,noexec,newinstance,ptmxmode=0666,mode=0620,gid=5'),
    mount('/dev/shm', 'tmpfs', 'nosuid,noexec,nodev,mode=1777,size=65536k'),
    mount('/dev/mqueue', 'mqueue', 'nosuid,noexec,nodev'),
    mount('/sys', 'sysfs', 'nosuid,noexec,nodev,ro'),
    ...binds.map(({ source, target, readOnly = false }) => ({
      destination: target,
      type: 'bind',
      source,
      options: ['rbind', readOnly ? 'ro' : 'rw'],
    })),
  ];
}
