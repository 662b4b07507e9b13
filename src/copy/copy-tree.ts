import { type BytePath, joinPath, toText } from '../bytes/index.ts';
import type { Matcher, MatchState } from '../context/index.ts';
import { BuildError } from '../errors/index.ts';
import type { NodeStat, RootView } from '../rootfs/index.ts';
import type { ModeChange } from './chmod.ts';
import type { Owner } from './copy-request.ts';
import type { PlannedNode, PlannedTree } from './planned-tree.ts';

const SECOND = 1_000_000_000n;

/** How copied entries are changed on their way. */
export interface CopyRules {
  readonly owner: Owner | undefined;
  readonly chmod: ModeChange | undefined;
  /** Patterns relative to the copied directory. */
  readonly include: Matcher | undefined;
  readonly exclude: Matcher | undefined;
  readonly skipSockets: boolean;
}

interface Place {
  readonly from: BytePath;
  readonly to: BytePath;
  /** Path relative to the copied source, as text; empty for the source itself. */
  readonly relative: string;
}

interface Matches {
  readonly include: MatchState | undefined;
  readonly exclude: MatchState | undefined;
}

/** A directory that is entered but was not chosen itself: it is made when something below it is copied. */
interface Pending {
  readonly place: Place;
  readonly stat: NodeStat;
  made: boolean;
}

/**
 * Plans the copy of one source, a file or a directory's contents, onto a resolved target path. Entries that hard link
 * each other within the source stay links. The metadata of directories that exist already below the target is replaced
 * by the source's; the target directory itself keeps its mode and owner and takes the source's time.
 */
export function copyTree(
  tree: PlannedTree,
  source: RootView,
  from: BytePath,
  to: BytePath,
  rules: CopyRules,
): void {
  new TreeCopy(tree, source, rules).copy(
    { from, to, relative: '' },
    { include: undefined, exclude: undefined },
  );
}

class TreeCopy {
  readonly #tree: PlannedTree;
  readonly #source: RootView;
  readonly #rules: CopyRules;
  readonly #inodes = new Map<string, object>();
  readonly #pending: Pending[] = [];

  constructor(tree: PlannedTree, source: RootView, rules: CopyRules) {
    this.#tree = tree;
    this.#source = source;
    this.#rules = rules;
  }

  copy(place: Place, above: Matches): void {
    const stat = this.#source.lstat(place.from);
    if (stat === undefined)
      throw new BuildError('CONTEXT', `"${toText(place.from)}": vanished while it was copied`);
    const matches = this.#match(place.relative, above);
    const included = matches.include?.matched !== false && matches.exclude?.matched !== true;
    if (included) this.#makePending();
    if (stat.type === 'directory') this.#copyDirectory(place, stat, included, matches);
    else if (included && !(stat.type === 'socket' && this.#rules.skipSockets)) this.#copyFile(place, stat);
  }

  #match(relative: string, above: Matches): Matches {
    if (relative === '') return above;
    return {
      include: this.#rules.include?.matchBelow(relative, above.include),
      exclude: this.#rules.exclude?.matchBelow(relative, above.exclude),
    };
  }

  #copyDirectory(place: Place, stat: NodeStat, included: boolean, matches: Matches): void {
    if (included) this.#putDirectory(place, stat);
    else if (!this.#isWorthEntering(place.relative, matches)) return;
    this.#pending.push({ place, stat, made: included });
    for (const name of this.#source.readdir(place.from)) {
      this.copy(
        {
          from: joinPath(place.from, name),
          to: joinPath(place.to, name),
          relative: place.relative === '' ? toText(name) : `${place.relative}/${toText(name)}`,
        },
        matches,
      );
    }
    this.#pending.pop();
  }

  #isWorthEntering(relative: string, matches: Matches): boolean {
    const { include, exclude } = this.#rules;
    if (matches.include?.matched === false && include?.mayMatchBelow(relative) === false) return false;
    return matches.exclude?.matched !== true || exclude?.mayReinclude(relative) === true;
  }

  #putDirectory(place: Place, stat: NodeStat): void {
    const existing = this.#existingDirectory(place.to);
    if (place.relative !== '') {
      const node = this.#node(place.from, stat);
      const xattrs =
        existing === undefined ? node.xattrs : new Map([...this.#tree.xattrs(place.to), ...node.xattrs]);
      this.#tree.put(place.to, { ...node, xattrs });
    } else if (place.from !== '/' && place.to !== '/' && existing !== undefined) {
      // The times of the roots of trees mean nothing, all others are handed on.
      this.#tree.put(place.to, { ...this.#asNode(place.to, existing), mtimeNs: wholeSeconds(stat.mtimeNs) });
    }
  }

  #makePending(): void {
    for (const pending of this.#pending) {
      if (pending.made) continue;
      pending.made = true;
      const { place, stat } = pending;
      const existing = this.#existingDirectory(place.to);
      this.#tree.put(
        place.to,
        existing === undefined
          ? this.#node(place.from, stat)
          : { ...this.#asNode(place.to, existing), mode: stat.mode },
      );
    }
  }

  #existingDirectory(path: BytePath): NodeStat | undefined {
    const stat = this.#tree.lstat(path);
    if (stat !== undefined && stat.type !== 'directory')
      throw new BuildError('FILESYSTEM', `cannot copy to non-directory: ${toText(path)}`);
    return stat;
  }

  #copyFile(place: Place, stat: NodeStat): void {
    if (this.#tree.lstat(place.to)?.type === 'directory')
      throw new BuildError('FILESYSTEM', `cannot replace to directory ${toText(place.to)} with file`);
    this.#tree.put(place.to, this.#node(place.from, stat));
  }

  /** A source entry as it will be in the image. */
  #node(from: BytePath, stat: NodeStat): PlannedNode {
    const { owner, chmod } = this.#rules;
    const mode =
      stat.type === 'symlink' || chmod === undefined
        ? stat.mode
        : chmod.apply(stat.mode, stat.type === 'directory');
    return {
      // A socket becomes an empty file, as it does in BuildKit.
      type: stat.type === 'socket' ? 'file' : stat.type,
      mode,
      uid: owner?.uid ?? stat.uid,
      gid: owner?.gid ?? stat.gid,
      size: stat.type === 'file' ? stat.size : 0,
      mtimeNs: wholeSeconds(stat.mtimeNs),
      devMajor: stat.devMajor,
      devMinor: stat.devMinor,
      linkname: stat.type === 'symlink' ? this.#source.readlink(from) : ('' as BytePath),
      xattrs: this.#source.xattrs(from),
      content: stat.type === 'file' && stat.size > 0 ? this.#source.content(from) : undefined,
      inode: stat.type === 'file' ? this.#inode(stat.linkGroup) : undefined,
    };
  }

  /** A directory of the target as it is, to be put again with something changed. */
  #asNode(path: BytePath, stat: NodeStat): PlannedNode {
    return {
      type: 'directory',
      mode: stat.mode,
      uid: stat.uid,
      gid: stat.gid,
      size: 0,
      mtimeNs: stat.mtimeNs,
      devMajor: 0,
      devMinor: 0,
      linkname: '' as BytePath,
      xattrs: this.#tree.xattrs(path),
    };
  }

  #inode(linkGroup: string | undefined): object | undefined {
    if (linkGroup === undefined) return undefined;
    const known = this.#inodes.get(linkGroup);
    const inode = known ?? {};
    this.#inodes.set(linkGroup, inode);
    return inode;
  }
}

/** Layers carry whole seconds: rounded down, also before 1970. */
export function wholeSeconds(nanoseconds: bigint): bigint {
  const rest = nanoseconds % SECOND;
  return nanoseconds - (rest < 0n ? rest + SECOND : rest);
}
