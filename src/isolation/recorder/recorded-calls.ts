import type { CallFilter } from '../filter/call-filter.ts';
import { SET_ID_BITS } from './event-of-call.ts';

/** Calls that only pretend to succeed: the kernel has one user to give. */
export const PRETENDED = [
  ...['chown', 'fchown', 'lchown', 'fchownat', 'setgroups', 'setuid', 'setgid', 'setreuid', 'setregid'],
  ...['setresuid', 'setresgid', 'setfsuid', 'setfsgid'],
];

/** Calls that are done as ever, and noted: what becomes of files, and who makes them. */
const NOTED = [
  ...['setxattr', 'lsetxattr', 'fsetxattr'],
  ...['rename', 'renameat', 'renameat2', 'link', 'linkat', 'unlink', 'unlinkat', 'rmdir'],
  ...['mkdir', 'mkdirat', 'mknod', 'mknodat', 'symlink', 'symlinkat', 'creat', 'openat2'],
  ...['chdir', 'fchdir', 'chroot', 'clone', 'clone3', 'fork', 'vfork'],
];

const O_CREAT = 0o100;
/** These are where they may make a file or set the bits of another user; with the number of the argument that tells. */
const NOTED_WHERE = [
  ['open', 1, O_CREAT],
  ['openat', 2, O_CREAT],
  ['chmod', 1, SET_ID_BITS],
  ['fchmod', 1, SET_ID_BITS],
  ['fchmodat', 2, SET_ID_BITS],
] as const;

/** strace has to see programs begin, or it stops at every call of theirs. */
const SEEN = ['execve', 'execveat'];

/** What a filter stops for the recorder: no more than the recorder asks for, which else loses count of stops. */
export const RECORDED: CallFilter = {
  calls: [...PRETENDED, ...NOTED, ...SEEN],
  where: NOTED_WHERE,
  fate: 'traced',
};

/**
 * The options of strace(1) that make it pretend and record. `?` lets a kernel or an architecture lack a call. Only calls that
 * ended are written, each on one line, every string as hexadecimal digits.
 */
export function recorderOptions(logFile: string): string[] {
  const optional = (names: readonly string[]): string => names.map((name) => `?${name}`).join(',');
  const traced = [...PRETENDED, ...NOTED, ...NOTED_WHERE.map(([name]) => name)];
  return [
    ...['-f', '--seccomp-bpf', '-qqq', '-y', '-xx', '-o', logFile],
    ...['-e', 'signal=none', '-e', 'status=successful,failed', '-e', `trace=${optional(traced)}`],
    ...['-e', `inject=${optional(PRETENDED)}:retval=0`],
  ];
}
