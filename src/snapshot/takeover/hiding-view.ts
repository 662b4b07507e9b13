import type { BytePath } from '../../bytes/index.ts';
import type { NodeStat, RootView } from '../../rootfs/index.ts';
import type { ContentSource } from '../../tar/index.ts';

/** A tree as if the directories that something is mounted on were empty: what is in there is none of the tree's. */
export class HidingView implements RootView {
  readonly #view: RootView;
  readonly #isHidden: (path: BytePath) => boolean;

  /** `isHidden` is asked with relative paths. */
  constructor(view: RootView, isHidden: (path: BytePath) => boolean) {
    this.#view = view;
    this.#isHidden = (path) => isHidden(path.replace(/^\/+/, '') as BytePath);
  }

  lstat(path: BytePath): NodeStat | undefined {
    return this.#isHidden(path) ? undefined : this.#view.lstat(path);
  }

  readlink(path: BytePath): BytePath {
    return this.#view.readlink(path);
  }

  readdir(path: BytePath): BytePath[] {
    const base = path === '/' ? '' : path;
    return this.#view.readdir(path).filter((name) => !this.#isHidden(`${base}/${name}` as BytePath));
  }

  content(path: BytePath): ContentSource {
    return this.#view.content(path);
  }

  xattrs(path: BytePath): ReadonlyMap<string, Uint8Array> {
    return this.#view.xattrs(path);
  }
}
