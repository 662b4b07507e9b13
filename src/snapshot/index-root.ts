import { joinPath, type BytePath } from '../bytes/index.ts';
import { BuildError } from '../errors/index.ts';
import type { RootView, TreeIndex } from '../rootfs/index.ts';
import type { TarMember } from '../tar/index.ts';
import type { MemberPlan, OpenedRoot, RunChanges, StageRoot } from './stage-root.ts';

/** A stage whose tree is known from tar headers alone, which is all that COPY, ADD and WORKDIR need. */
export class IndexRoot implements StageRoot {
  readonly #index: TreeIndex;
  readonly #contents: BytePath | undefined;

  /** `contents` is where the bytes of the base's files lie, with whatever owners; only copying out of it needs them. */
  constructor(index: TreeIndex, contents?: BytePath) {
    this.#index = index;
    this.#contents = contents;
  }

  open(): OpenedRoot {
    const view = this.#contents === undefined ? this.#index : withContents(this.#index, this.#contents);
    return { view, directory: undefined, close: () => undefined };
  }

  async change(plan: MemberPlan): Promise<readonly TarMember[]> {
    const members = await plan(this.open().view);
    for (const member of members) this.#index.addMember(member);
    return members;
  }

  run(): Promise<RunChanges> {
    return Promise.reject(new BuildError('INTERNAL', 'RUN reached a stage that has no files on disk'));
  }

  fork(): StageRoot {
    return new IndexRoot(this.#index.clone(), this.#contents);
  }
}

function withContents(index: TreeIndex, directory: BytePath): RootView {
  return {
    lstat: (path) => index.lstat(path),
    readlink: (path) => index.readlink(path),
    readdir: (path) => index.readdir(path),
    xattrs: (path) => index.xattrs(path),
    content: (path) =>
      index.hasContent(path) ? index.content(path) : { kind: 'file', path: joinPath(directory, path) },
  };
}
