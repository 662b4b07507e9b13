/** Calls that only pretend to succeed: the kernel has one user to give. */
const PRETENDED = [
  ...['chown', 'fchown', 'lchown', 'fchownat', 'setgroups', 'setuid', 'setgid', 'setreuid', 'setregid'],
  ...['setresuid', 'setresgid', 'setfsuid', 'setfsgid'],
];

/** Calls that are done as ever, and noted: what becomes of files, and who makes them. */
const NOTED = [
  ...['chmod', 'fchmod', 'fchmodat', 'setxattr', 'lsetxattr', 'fsetxattr'],
  ...['rename', 'renameat', 'renameat2', 'link', 'linkat', 'unlink', 'unlinkat', 'rmdir'],
  ...['mkdir', 'mkdirat', 'mknod', 'mknodat', 'symlink', 'symlinkat', 'creat', 'open', 'openat', 'openat2'],
  ...['chdir', 'fchdir', 'chroot', 'clone', 'clone3', 'fork', 'vfork'],
];

/**
 * The words that make strace(1) pretend and record, to be put before a command. `?` lets a kernel or an architecture lack a
 * call. The command stays the child of who starts it (-D), so that nobody waits for what it leaves running. Only calls that ended are written, each on one line, every string as hexadecimal digits.
 */
export function recorderCommand(strace: string, logFile: string): string[] {
  const optional = (names: readonly string[]): string => names.map((name) => `?${name}`).join(',');
  return [
    ...[strace, '-D', '-f', '--seccomp-bpf', '-qqq', '-y', '-xx', '-o', logFile],
    ...[
      '-e',
      'signal=none',
      '-e',
      'status=successful,failed',
      '-e',
      `trace=${optional([...PRETENDED, ...NOTED])}`,
    ],
    ...['-e', `inject=${optional(PRETENDED)}:retval=0`, '--'],
  ];
}
