import { BuildError } from '../errors/index.ts';
import { TreeIndex } from '../rootfs/index.ts';
import type { TarMember } from '../tar/index.ts';
import type { OpenedRoot, RunChanges, StageRoot } from './stage-root.ts';

/** A stage that is never unpacked: its tree is known from tar headers alone, which is all that COPY, ADD and WORKDIR need. */
export class IndexRoot implements StageRoot {
  readonly #index: TreeIndex;

  constructor(index: TreeIndex) {
    this.#index = index;
  }

  open(): OpenedRoot {
    return { view: this.#index, directory: undefined, close: () => undefined };
  }

  apply(members: readonly TarMember[]): void {
    for (const member of members) this.#index.addMember(member);
  }

  run(): Promise<RunChanges> {
    return Promise.reject(new BuildError('INTERNAL', 'RUN reached a stage that has no files on disk'));
  }

  fork(): StageRoot {
    return new IndexRoot(this.#index.clone());
  }
}
