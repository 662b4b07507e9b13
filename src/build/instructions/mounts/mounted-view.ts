import type { BytePath } from '../../../bytes/index.ts';
import type { NodeStat, RootView } from '../../../rootfs/index.ts';
import type { PreparedMount } from './prepared-mount.ts';

/** The mount a path lies in, and the path within it. */
export interface Holder {
  readonly mount: PreparedMount;
  /** Absolute in the mount; `/` where the path is the mount point itself. */
  readonly inside: BytePath;
}

/** A tree with mounts upon it, as path names in a RUN are looked up. */
export class MountedView implements RootView {
  readonly #base: RootView;
  readonly #mounts: { readonly point: BytePath; readonly mount: PreparedMount }[] = [];

  constructor(base: RootView) {
    this.#base = base;
  }

  /** Mounts on top of what is there; the point is resolved. */
  add(point: BytePath, mount: PreparedMount): void {
    this.#mounts.push({ point, mount });
  }

  /** The latest mount that a resolved path lies in; undefined in the tree itself. */
  holderOf(path: BytePath): Holder | undefined {
    const found = this.#mounts.findLast(({ point }) => path === point || path.startsWith(`${point}/`));
    if (found === undefined) return undefined;
    return { mount: found.mount, inside: (path.slice(found.point.length) || '/') as BytePath };
  }

  lstat(path: BytePath): NodeStat | undefined {
    return this.#at(path, (view, inside) => view.lstat(inside));
  }

  readlink(path: BytePath): BytePath {
    return this.#at(path, (view, inside) => view.readlink(inside));
  }

  readdir(path: BytePath): BytePath[] {
    return this.#at(path, (view, inside) => view.readdir(inside));
  }

  content(path: BytePath): ReturnType<RootView['content']> {
    return this.#at(path, (view, inside) => view.content(inside));
  }

  xattrs(path: BytePath): ReadonlyMap<string, Uint8Array> {
    return this.#at(path, (view, inside) => view.xattrs(inside));
  }

  #at<T>(path: BytePath, ask: (view: RootView, inside: BytePath) => T): T {
    const holder = this.holderOf(path);
    return holder === undefined ? ask(this.#base, path) : ask(holder.mount.view, holder.inside);
  }
}
