import { lstatSync, mkdirSync, readdirSync } from 'node:fs';
import { baseName, fromText, joinPath, toFs, type BytePath } from '../../../bytes/index.ts';
import type { BuildContext } from '../../../context/index.ts';
import { applyMembers, type NodeStat } from '../../../rootfs/index.ts';
import { NO_XATTRS, type TarMember } from '../../../tar/index.ts';

/**
 * Files of the build context as RUN sees them: without the ignored ones, and all root's. Where the context itself looks so
 * already, it is shown as it is; elsewhere what is to be seen is copied, once a build.
 */
export class ContextTrees {
  readonly #context: BuildContext;
  readonly #freshDirectory: (kind: string) => string;
  readonly #known = new Map<BytePath, BytePath>();

  constructor(context: BuildContext, freshDirectory: (kind: string) => string) {
    this.#context = context;
    this.#freshDirectory = freshDirectory;
  }

  /** Where on this machine a file or directory lies that the context has at this resolved path. */
  locate(path: BytePath, stat: NodeStat): BytePath {
    const known = this.#known.get(path);
    if (known !== undefined) return known;
    const located = this.#isAsSeen(path, stat) ? joinPath(this.#context.root, path) : this.#copy(path, stat);
    this.#known.set(path, located);
    return located;
  }

  /** Whether nothing at this path or below is hidden or belongs to anybody but root. */
  #isAsSeen(path: BytePath, stat: NodeStat): boolean {
    const onDisk = toFs(joinPath(this.#context.root, path));
    const { uid, gid } = lstatSync(onDisk);
    if (uid !== 0 || gid !== 0) return false;
    if (stat.type !== 'directory') return true;
    const names = readdirSync(onDisk, { encoding: 'latin1' }) as BytePath[];
    return names.every((name) => {
      const below = joinPath(path, name);
      const seen = this.#context.view.lstat(below);
      return seen !== undefined && this.#isAsSeen(below, seen);
    });
  }

  #copy(path: BytePath, stat: NodeStat): BytePath {
    const directory = fromText(this.#freshDirectory('context'));
    const name = stat.type === 'directory' ? ('tree' as BytePath) : baseName(path);
    if (stat.type === 'directory') mkdirSync(toFs(joinPath(directory, name)));
    applyMembers(directory, this.#members(path, stat, name));
    return joinPath(directory, name);
  }

  #members(path: BytePath, stat: NodeStat, name: BytePath): TarMember[] {
    const { view } = this.#context;
    if (stat.type === 'socket') return [];
    const member: TarMember = {
      ...stat,
      type: stat.type,
      path: name,
      linkname: stat.type === 'symlink' ? view.readlink(path) : ('' as BytePath),
      xattrs: NO_XATTRS,
      content: stat.type === 'file' && stat.size > 0 ? view.content(path) : undefined,
    };
    if (stat.type !== 'directory') return [member];
    const below = view.readdir(path).flatMap((entry) => {
      const child = joinPath(path, entry);
      const childStat = view.lstat(child);
      return childStat === undefined ? [] : this.#members(child, childStat, joinPath(name, entry));
    });
    return [member, ...below];
  }
}
