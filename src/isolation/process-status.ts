import { readFileSync, readlinkSync } from 'node:fs';

/** What `/proc/self/status` says about the privileges of this process. */
export interface ProcessStatus {
  readonly uid: number;
  readonly gid: number;
  /** Hexadecimal, without 0x. */
  readonly effective: string;
  readonly bounding: string;
  readonly noNewPrivileges: boolean;
  readonly seccomp: 'none' | 'strict' | 'filter';
}

/** Parses `/proc/PID/status` (proc(5)). Fields an old kernel lacks read as nothing. */
export function parseProcessStatus(text: string): ProcessStatus {
  const field = (name: string): string | undefined =>
    new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(text)?.[1]?.trim();
  // Real, effective, saved and file system id; the effective one decides.
  const effectiveId = (name: string): number => Number(field(name)?.split(/\s+/)[1]);
  return {
    uid: effectiveId('Uid'),
    gid: effectiveId('Gid'),
    effective: field('CapEff') ?? '0',
    bounding: field('CapBnd') ?? '0',
    noNewPrivileges: field('NoNewPrivs') === '1',
    seccomp: (['none', 'strict', 'filter'] as const)[Number(field('Seccomp') ?? 0)] ?? 'filter',
  };
}

/** The privileges of this process now. */
export function ownStatus(): ProcessStatus {
  return parseProcessStatus(readFileSync('/proc/self/status', 'utf8'));
}

/** The kernel gives the first user namespace this fixed inode (PROC_USER_INIT_INO). */
const INITIAL_USER_NAMESPACE = 'user:[4026531837]';

/** Whether this process is in the machine's own user namespace, where root is really root. */
export function inInitialUserNamespace(): boolean {
  return readlinkSync('/proc/self/ns/user') === INITIAL_USER_NAMESPACE;
}
