/** Docker's capabilities of root in a container (its documentation, "Runtime privilege and Linux capabilities"). */
const DOCKER_CAPABILITIES = [
  ...[
    'CHOWN',
    'DAC_OVERRIDE',
    'FSETID',
    'FOWNER',
    'MKNOD',
    'NET_RAW',
    'SETGID',
    'SETUID',
    'SETFCAP',
    'SETPCAP',
  ],
  ...['NET_BIND_SERVICE', 'SYS_CHROOT', 'KILL', 'AUDIT_WRITE'],
];

/** CRI-O's (crio.conf(5), default_capabilities): no SETFCAP, without which root cannot be mapped. */
const CRIO_CAPABILITIES = [
  ...['CHOWN', 'DAC_OVERRIDE', 'FSETID', 'FOWNER', 'SETGID', 'SETUID', 'SETPCAP', 'NET_BIND_SERVICE', 'KILL'],
];

/** What root of a virtual machine has beyond these, as far as building could make use of it. */
const ALL_CAPABILITIES = [
  ...DOCKER_CAPABILITIES,
  ...['DAC_READ_SEARCH', 'LINUX_IMMUTABLE', 'NET_ADMIN', 'NET_BROADCAST', 'IPC_OWNER', 'LEASE', 'SYSLOG'],
  ...['SYS_PTRACE', 'SYS_ADMIN', 'SYS_NICE', 'SYS_TIME', 'SYS_TTY_CONFIG', 'AUDIT_CONTROL'],
];

/** The id of users other than root in these containers. */
export const USER_ID = 1001;

/** A container as some CI system starts jobs in. */
export interface TestEnvironment {
  /** As in docs/environments.md and in the names of tests. */
  readonly name: string;
  readonly title: string;
  readonly uid: 0 | typeof USER_ID;
  /** What the process has, and what it could gain by setuid programs and file capabilities. */
  readonly capabilities: readonly string[];
  readonly bounding: readonly string[];
  readonly seccomp: 'docker' | 'unconfined';
  readonly noNewPrivileges: boolean;
  /** Paths below /proc and /sys hidden or read-only, as container engines have it. */
  readonly maskedPaths: boolean;
  /** Lines of /etc/subuid and /etc/subgid for the user. */
  readonly subordinateIds: boolean;
  /** Nothing can be written outside volumes. */
  readonly readOnlyRoot: boolean;
  /** Whether sudo asks for no password. */
  readonly sudo: boolean;
  /** Whether strace can be executed there. */
  readonly strace: boolean;
  /** Whether the job's container has the proot of the builder's image in its PATH; that image has it anyway. */
  readonly proot: boolean;
  /** The root: a job's image with a Debian in it, or our own image with nothing but the builder. */
  readonly root: 'job' | 'builder';
}

const JOB: Omit<TestEnvironment, 'name' | 'title'> = {
  uid: 0,
  capabilities: DOCKER_CAPABILITIES,
  bounding: DOCKER_CAPABILITIES,
  seccomp: 'docker',
  noNewPrivileges: false,
  maskedPaths: true,
  subordinateIds: false,
  readOnlyRoot: false,
  sudo: false,
  strace: true,
  proot: false,
  root: 'job',
};
const USER = { ...JOB, uid: USER_ID, capabilities: [] } as const;
const RESTRICTED = { ...USER, bounding: [], noNewPrivileges: true } as const;
const MACHINE_USER = {
  ...USER,
  bounding: ALL_CAPABILITIES,
  seccomp: 'unconfined',
  maskedPaths: false,
} as const;

/** E7 first: the others' images are compared with what is built there. */
export const ENVIRONMENTS: readonly TestEnvironment[] = [
  {
    ...JOB,
    name: 'E7',
    title: 'root on a virtual machine',
    capabilities: ALL_CAPABILITIES,
    bounding: ALL_CAPABILITIES,
    seccomp: 'unconfined',
    maskedPaths: false,
  },
  { ...JOB, name: 'E1', title: "Docker default, root, in the builder's own image", root: 'builder' },
  {
    ...JOB,
    name: 'E1-job',
    title: 'Docker default, root, a job container that is not ours, with proot',
    proot: true,
  },
  { ...USER, name: 'E2', title: 'Docker default, uid 1001, with proot', proot: true },
  { ...USER, name: 'E2-bare', title: 'Docker default, uid 1001, without proot' },
  {
    ...USER,
    name: 'E2-sudo',
    title: 'Docker default, uid 1001 with sudo, with proot',
    sudo: true,
    proot: true,
  },
  { ...JOB, name: 'E3', title: 'Kubernetes, root, seccomp Unconfined', seccomp: 'unconfined' },
  {
    ...JOB,
    name: 'E3-nnp',
    title: 'Kubernetes, root, seccomp Unconfined, no_new_privs',
    seccomp: 'unconfined',
    noNewPrivileges: true,
  },
  {
    ...JOB,
    name: 'E3-crio',
    title: "Kubernetes, root with CRI-O's capabilities, seccomp Unconfined",
    capabilities: CRIO_CAPABILITIES,
    bounding: CRIO_CAPABILITIES,
    seccomp: 'unconfined',
  },
  {
    ...USER,
    name: 'E3n',
    title: 'Kubernetes, uid 1001, seccomp Unconfined, newuidmap with file capabilities',
    seccomp: 'unconfined',
    subordinateIds: true,
  },
  {
    ...RESTRICTED,
    name: 'E4',
    title: 'Kubernetes, uid 1001, seccomp Unconfined, no_new_privs, no capabilities',
    seccomp: 'unconfined',
  },
  {
    ...RESTRICTED,
    name: 'E4-bare',
    title: 'as E4, without strace',
    seccomp: 'unconfined',
    strace: false,
  },
  {
    ...RESTRICTED,
    name: 'E5',
    title: 'Kubernetes, Pod Security "restricted", read-only root, in the builder\'s own image',
    root: 'builder',
    readOnlyRoot: true,
  },
  {
    ...MACHINE_USER,
    name: 'E6',
    title: 'user of a virtual machine, with subordinate ids',
    subordinateIds: true,
  },
  { ...MACHINE_USER, name: 'E6-plain', title: 'user of a virtual machine, without subordinate ids' },
];

/** Throws where there is none of this name. */
export function environmentNamed(name: string): TestEnvironment {
  const found = ENVIRONMENTS.find((environment) => environment.name === name);
  if (found === undefined) throw new Error(`no environment is called ${name}`);
  return found;
}
