/** Machines whose system calls are known here, by Node's names. */
export type FilteredMachine = 'arm64' | 'x64';

/** Numbers of system calls, of x86-64 and of the table that newer machines share; a machine may lack one. */
const CALLS: Readonly<Record<string, readonly [x64: number, arm64?: number]>> = {
  open: [2],
  clone: [56, 220],
  fork: [57],
  vfork: [58],
  execve: [59, 221],
  chdir: [80, 49],
  fchdir: [81, 50],
  rename: [82],
  mkdir: [83],
  rmdir: [84],
  creat: [85],
  link: [86],
  unlink: [87],
  symlink: [88],
  chmod: [90],
  fchmod: [91, 52],
  chown: [92],
  fchown: [93, 55],
  lchown: [94],
  setuid: [105, 146],
  setgid: [106, 144],
  setreuid: [113, 145],
  setregid: [114, 143],
  setgroups: [116, 159],
  setresuid: [117, 147],
  setresgid: [119, 149],
  setfsuid: [122, 151],
  setfsgid: [123, 152],
  mknod: [133],
  chroot: [161, 51],
  setxattr: [188, 5],
  lsetxattr: [189, 6],
  fsetxattr: [190, 7],
  openat: [257, 56],
  mkdirat: [258, 34],
  mknodat: [259, 33],
  fchownat: [260, 54],
  unlinkat: [263, 35],
  renameat: [264, 38],
  linkat: [265, 37],
  symlinkat: [266, 36],
  fchmodat: [268, 53],
  renameat2: [316, 276],
  execveat: [322, 281],
  clone3: [435, 435],
  openat2: [437, 437],
};

/** The number of a system call; undefined where the machine has none. Throws for a name that is not known here. */
export function callNumber(name: string, machine: FilteredMachine): number | undefined {
  const numbers = CALLS[name];
  if (numbers === undefined) throw new Error(`no number of the system call ${name}`);
  return numbers[machine === 'x64' ? 0 : 1];
}
