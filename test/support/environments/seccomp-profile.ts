/**
 * A seccomp profile for runc that forbids what Docker documents its default one to forbid ("Significant syscalls
 * blocked by the default profile"), as far as it is not capabilities that forbid it anyway.
 */
const FORBIDDEN = [
  ...[
    'acct',
    'add_key',
    'bpf',
    'clock_adjtime',
    'clock_settime',
    'delete_module',
    'finit_module',
    'fsconfig',
  ],
  ...[
    'fsmount',
    'fsopen',
    'fspick',
    'get_mempolicy',
    'init_module',
    'ioperm',
    'iopl',
    'kcmp',
    'kexec_file_load',
  ],
  ...[
    'kexec_load',
    'keyctl',
    'lookup_dcookie',
    'mbind',
    'mount',
    'mount_setattr',
    'move_mount',
    'move_pages',
  ],
  ...['nfsservctl', 'open_by_handle_at', 'open_tree', 'perf_event_open', 'pivot_root', 'quotactl', 'reboot'],
  ...[
    'request_key',
    'set_mempolicy',
    'setns',
    'settimeofday',
    'swapoff',
    'swapon',
    'sysfs',
    '_sysctl',
    'umount2',
  ],
  ...[
    'unshare',
    'uselib',
    'userfaultfd',
    'ustat',
    'vhangup',
    'io_uring_setup',
    'io_uring_enter',
    'io_uring_register',
  ],
];

/** clone(2) with one of these flags makes a namespace: mount, cgroup, uts, ipc, user, pid, net. */
const NAMESPACE_FLAGS = [0x00020000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000];
const EPERM = 1;
const ENOSYS = 38;

/** The profile, as `linux.seccomp` of an OCI runtime config. */
export function dockerLikeProfile(): unknown {
  return {
    defaultAction: 'SCMP_ACT_ALLOW',
    architectures: ['SCMP_ARCH_X86_64', 'SCMP_ARCH_X86', 'SCMP_ARCH_X32', 'SCMP_ARCH_AARCH64'],
    syscalls: [
      { names: FORBIDDEN, action: 'SCMP_ACT_ERRNO', errnoRet: EPERM },
      ...NAMESPACE_FLAGS.map((flag) => ({
        names: ['clone'],
        action: 'SCMP_ACT_ERRNO',
        errnoRet: EPERM,
        args: [{ index: 0, value: flag, valueTwo: flag, op: 'SCMP_CMP_MASKED_EQ' }],
      })),
      // Its flags lie in memory, where seccomp cannot look: the C library falls back to clone(2).
      { names: ['clone3'], action: 'SCMP_ACT_ERRNO', errnoRet: ENOSYS },
    ],
  };
}
