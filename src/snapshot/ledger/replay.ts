import { baseName, joinPath, parentPath, type BytePath } from '../../bytes/index.ts';
import { assertNever } from '../../errors/index.ts';
import { resolveInRoot, resolveUser, type OwnershipEvent, type RootView } from '../../rootfs/index.ts';
import { PathHistory } from './path-history.ts';

interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** dpkg gives what it unpacks the owner that the package says, also where that is root. */
const PACKAGED = '.dpkg-new';

/**
 * Follows what a step did to owners. `before` is the tree as it was, owners and all; `after` shows where links of the tree
 * lead now. Every file looks like root's to the step. So an owner root that a program gives to an open file is the one it
 * saw on another file, or on this one: the owner of what is replaced, or of the file itself, is kept then.
 */
export function replay(events: readonly OwnershipEvent[], before: RootView, after: RootView): PathHistory {
  const replayed = new Replay(before, after);
  for (const event of events) replayed.take(event);
  return replayed.history;
}

/** What apt gives to its own user where it can become that. */
const APT_DIRECTORIES: readonly string[] = [
  '/var/cache/apt/archives/partial',
  '/var/lib/apt/lists/auxfiles',
  '/var/lib/apt/lists/partial',
];

/** How copies are named that programs leave beside a file before they change it. */
const BACKUP = /(?:[-~]|\.(?:bak|old|orig))$/;

class Replay {
  readonly history = new PathHistory();
  readonly #before: RootView;
  readonly #after: RootView;
  readonly #parents = new Map<BytePath, BytePath>();
  /** Directories that are copied because they cannot be renamed. */
  readonly #copies: { readonly from: BytePath; readonly to: BytePath }[] = [];

  constructor(before: RootView, after: RootView) {
    this.#before = before;
    this.#after = after;
  }

  take(event: OwnershipEvent): void {
    switch (event.kind) {
      case 'owner':
        return this.#changeOwner(event);
      case 'mode':
        this.history.traits(this.#place(event.path, event.follow)).bitsCleared = false;
        return;
      case 'capability':
        Object.assign(this.history.traits(this.#place(event.path, event.follow)), {
          capabilityCleared: false,
          capability: event.value,
        });
        return;
      case 'made':
        return this.#make(this.#place(event.path), event);
      case 'moved':
        return this.#move(this.#place(event.from), this.#place(event.to));
      case 'exchanged':
        return this.history.exchange(this.#place(event.from), this.#place(event.to));
      case 'linked':
        return this.history.link(this.#place(event.from), this.#place(event.to));
      case 'copied':
        return this.#copy(this.#place(event.from), this.#place(event.to));
      case 'removed':
        return this.history.renew(this.#place(event.path));
      default:
        return assertNever(event);
    }
  }

  #changeOwner(event: Extract<OwnershipEvent, { readonly kind: 'owner' }>): void {
    const path = this.#place(event.path, event.follow);
    const isRoot = event.uid === 0 && event.gid === 0;
    const seen = isRoot && event.byDescriptor;
    const kept = isRoot ? this.#ownerInPlaceOfRoot(path, seen) : undefined;
    const { uid, gid } = kept ?? event;
    const traits = this.history.traits(path);
    if (uid !== undefined) traits.uid = uid;
    if (gid !== undefined) traits.gid = gid;
    Object.assign(traits, { seen, bitsCleared: true, capabilityCleared: true });
  }

  /** Who a file belongs to that is given to root by a program which sees nothing but files of root. */
  #ownerInPlaceOfRoot(path: BytePath, seen: boolean): Owner | undefined {
    const copied = this.#copiedOwner(path) ?? this.#aptOwner(path);
    if (copied !== undefined || !seen) return copied;
    return this.#foreignOwner(path) ?? this.#foreignOwner(originalOf(path));
  }

  /** apt is told to work as root, and gives the directories of its own user to root. */
  #aptOwner(path: BytePath): Owner | undefined {
    return APT_DIRECTORIES.includes(path) ? userNamed(this.#after, '_apt') : undefined;
  }

  #make(path: BytePath, maker: Owner): void {
    const { origin, traits } = this.history.at(path);
    if (traits !== undefined || (origin !== undefined && this.#before.lstat(origin) !== undefined)) return;
    this.history.renew(path, { maker: { uid: maker.uid, gid: maker.gid } });
  }

  #move(from: BytePath, to: BytePath): void {
    const replaced = this.#foreignOwner(to);
    const { traits } = this.history.at(from);
    this.history.move(from, to);
    if (traits?.seen === true && replaced !== undefined && !baseName(from).endsWith(PACKAGED))
      Object.assign(this.history.traits(to), { ...replaced, seen: false });
  }

  /** Programs leave the owner out where a copy looks as if it had it already. */
  #copy(from: BytePath, to: BytePath): void {
    this.#copies.push({ from, to });
    this.history.copy(from, to);
  }

  /** The owner of what a directory is copied from that cannot be renamed. */
  #copiedOwner(path: BytePath): Owner | undefined {
    const copy = this.#copies.findLast(({ to }) => path === to || path.startsWith(`${to}/`));
    return copy && this.#foreignOwner((copy.from + path.slice(copy.to.length)) as BytePath);
  }

  /** The owner of a path where it is somebody else than root. */
  #foreignOwner(path: BytePath): Owner | undefined {
    const { origin, traits } = this.history.at(path);
    const stat = origin === undefined ? undefined : this.#before.lstat(origin);
    const uid = traits?.uid ?? traits?.maker?.uid ?? stat?.uid ?? 0;
    const gid = traits?.gid ?? traits?.maker?.gid ?? stat?.gid ?? 0;
    return uid === 0 && gid === 0 ? undefined : { uid, gid };
  }

  /** Links of parents are followed, as far as they are still there. */
  #place(path: BytePath, follow = false): BytePath {
    if (follow) return resolveInRoot(this.#after, path).path;
    const parent = parentPath(path);
    let resolved = this.#parents.get(parent);
    if (resolved === undefined) {
      resolved = resolveInRoot(this.#after, parent).path;
      this.#parents.set(parent, resolved);
    }
    return joinPath(resolved, baseName(path));
  }
}

function originalOf(path: BytePath): BytePath {
  return path.replace(BACKUP, '') as BytePath;
}

function userNamed(view: RootView, name: string): Owner | undefined {
  try {
    return { uid: resolveUser(view, name).uid, gid: 0 };
  } catch {
    return undefined; // an image without apt's user
  }
}
