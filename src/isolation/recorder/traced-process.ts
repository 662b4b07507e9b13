import type { TracedCall } from './trace-line.ts';
import { AT_START, pathFrom, pathOfDescriptor, type Whereabouts } from './traced-paths.ts';

/** What a process believes of itself. */
export interface TracedProcess extends Whereabouts {
  /** Effective ids it was told it has. */
  readonly uid: number;
  readonly gid: number;
}

export const FIRST_PROCESS: TracedProcess = { ...AT_START, uid: 0, gid: 0 };

/** The process after a call that succeeded; the same one where the call changed nothing about it. */
export function afterCall(process: TracedProcess, { name, words }: TracedCall): TracedProcess {
  switch (name) {
    case 'setuid':
    case 'setfsuid':
      return { ...process, uid: idOr(words[0], process.uid) };
    case 'setgid':
    case 'setfsgid':
      return { ...process, gid: idOr(words[0], process.gid) };
    case 'setreuid':
    case 'setresuid':
      return { ...process, uid: idOr(words[1], process.uid) };
    case 'setregid':
    case 'setresgid':
      return { ...process, gid: idOr(words[1], process.gid) };
    case 'chdir':
      return { ...process, cwd: pathFrom(process, words[0]) ?? process.cwd };
    case 'fchdir':
      return { ...process, cwd: pathOfDescriptor(words[0]) ?? process.cwd };
    case 'chroot':
      return { ...process, root: pathFrom(process, words[0]) ?? process.root };
    default:
      return process;
  }
}

/** An id argument; -1 leaves the id as it is. */
function idOr(word: string | undefined, present: number): number {
  return idOf(word) ?? present;
}

/** A user or group number; undefined for -1. */
export function idOf(word: string | undefined): number | undefined {
  const id = Number(word);
  return Number.isInteger(id) && id >= 0 ? id : undefined;
}
