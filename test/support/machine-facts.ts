import type { MachineFacts } from '../../src/isolation/index.ts';

/** Facts of a machine on which an ordinary user could do everything. */
export function someFacts(more: Partial<MachineFacts> = {}): MachineFacts {
  const tool = (name: string): [string, string] => [name, `/usr/bin/${name}`];
  const names = ['unshare', 'mount', 'setpriv', 'newuidmap', 'newgidmap', 'sudo', 'ip', 'getfattr', 'strace'];
  return {
    uid: 1001,
    gid: 1001,
    effective: '0',
    bounding: '000001ffffffffff',
    noNewPrivileges: false,
    seccomp: 'none',
    kernel: '6.1.0',
    userName: 'ann',
    initialUserNamespace: true,
    uidMap: '0 0 4294967295',
    container: false,
    own: {
      hasOwnProcesses: false,
      runsFromImage: false,
      isMarked: false,
      foreign: [],
      isOccupied: false,
    },
    rootFsType: 'ext4',
    scratch: '/tmp',
    scratchFsType: 'ext4',
    scratchRestrictions: [],
    maskedProc: [],
    maxUserNamespaces: 1000,
    apparmorRestrictsUserns: undefined,
    unprivilegedUsernsClone: undefined,
    securityLabel: undefined,
    subordinate: {
      users: [{ inside: 0, outside: 1001, count: 1 }],
      groups: [{ inside: 0, outside: 1001, count: 1 }],
    },
    newuidmapSetuid: true,
    tools: Object.fromEntries(names.map(tool)) as MachineFacts['tools'],
    ...more,
  };
}
