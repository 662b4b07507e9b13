import type { BytePath } from '../../bytes/index.ts';
import type { OwnershipEvent } from '../../rootfs/index.ts';
import type { TracedCall } from './trace-line.ts';
import { pathAt, pathFrom, pathOfDescriptor, textOf } from './traced-paths.ts';
import { idOf, type TracedProcess } from './traced-process.ts';

/** Of a file's mode. */
export const SET_ID_BITS = 0o6000;

/** What a call says about owners, for all calls of RECORDED_CALLS; undefined where it says nothing. */
export function eventOfCall(call: TracedCall, process: TracedProcess): OwnershipEvent | undefined {
  const { name, words, error } = call;
  const [first, second, third, fourth, fifth] = words;
  const named = (word: string | undefined): BytePath | undefined => pathFrom(process, word);
  const at = (directory: string | undefined, word: string | undefined): BytePath | undefined =>
    pathAt(process, directory, word);
  switch (name) {
    case 'chown':
    case 'lchown':
      return owner(named(first), second, third, { follow: name === 'chown', byDescriptor: false });
    case 'fchown':
      return owner(pathOfDescriptor(first), second, third, { follow: false, byDescriptor: true });
    case 'fchownat': {
      const byDescriptor = textOf(second) === '';
      const follow = !byDescriptor && fifth?.includes('AT_SYMLINK_NOFOLLOW') !== true;
      return owner(byDescriptor ? pathOfDescriptor(first) : at(first, second), third, fourth, {
        follow,
        byDescriptor,
      });
    }
    case 'chmod':
      return mode(named(first), second);
    case 'fchmod':
      return mode(pathOfDescriptor(first), second);
    case 'fchmodat':
    case 'fchmodat2':
      return mode(at(first, second), third);
    case 'setxattr':
    case 'lsetxattr':
      return capability(named(first), call);
    case 'fsetxattr':
      return capability(pathOfDescriptor(first), call);
    case 'rename':
      return twoPaths(error === 'EXDEV' ? 'copied' : 'moved', named(first), named(second));
    case 'renameat':
    case 'renameat2':
      return twoPaths(renaming(error, fifth), at(first, second), at(third, fourth));
    case 'link':
      return twoPaths('linked', named(first), named(second));
    case 'linkat':
      return twoPaths('linked', at(first, second), at(third, fourth));
    case 'unlink':
    case 'rmdir':
      return removed(named(first));
    case 'unlinkat':
      return removed(at(first, second));
    case 'mkdir':
    case 'mknod':
      return made(named(first), process);
    case 'mkdirat':
    case 'mknodat':
      return made(at(first, second), process);
    case 'symlink':
      return made(named(second), process);
    case 'symlinkat':
      return made(at(second, third), process);
    case 'creat':
      return made(pathOfDescriptor(call.returned), process);
    case 'open':
    case 'openat':
    case 'openat2':
      return words.some((word) => word.includes('O_CREAT'))
        ? made(pathOfDescriptor(call.returned), process)
        : undefined;
    default:
      return undefined;
  }
}

function renaming(error: string | undefined, flags: string | undefined): 'copied' | 'exchanged' | 'moved' {
  if (error === 'EXDEV') return 'copied';
  return flags?.includes('RENAME_EXCHANGE') === true ? 'exchanged' : 'moved';
}

function owner(
  path: BytePath | undefined,
  uid: string | undefined,
  gid: string | undefined,
  how: { readonly follow: boolean; readonly byDescriptor: boolean },
): OwnershipEvent | undefined {
  return path && { kind: 'owner', path, uid: idOf(uid), gid: idOf(gid), ...how };
}

/** Only set-id bits matter: what else a mode says, the disk says too. */
function mode(path: BytePath | undefined, word: string | undefined): OwnershipEvent | undefined {
  const bits = Number.parseInt(word ?? '', 8);
  return path !== undefined && (bits & SET_ID_BITS) !== 0 ? { kind: 'mode', path, follow: true } : undefined;
}

function capability(
  path: BytePath | undefined,
  { words: [, name, value], pretended }: TracedCall,
): OwnershipEvent | undefined {
  if (path === undefined || textOf(name) !== 'security.capability') return undefined;
  const bytes = pretended ? textOf(value) : undefined;
  const told = bytes !== undefined && { value: Buffer.from(bytes, 'latin1') };
  return { kind: 'capability', path, follow: true, ...told };
}

function twoPaths(
  kind: 'copied' | 'exchanged' | 'linked' | 'moved',
  from: BytePath | undefined,
  to: BytePath | undefined,
): OwnershipEvent | undefined {
  return from === undefined || to === undefined ? undefined : { kind, from, to };
}

function removed(path: BytePath | undefined): OwnershipEvent | undefined {
  return path && { kind: 'removed', path };
}

function made(path: BytePath | undefined, { uid, gid }: TracedProcess): OwnershipEvent | undefined {
  return path && { kind: 'made', path, uid, gid };
}
