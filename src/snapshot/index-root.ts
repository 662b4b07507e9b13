import { BuildError } from '../errors/index.ts';
import type { TreeIndex } from '../rootfs/index.ts';
import type { TarMember } from '../tar/index.ts';
import type { LayerFeed } from './layer-feed.ts';
import type { MemberPlan, OpenedRoot, RunChanges, StageRoot } from './stage-root.ts';

/** A stage whose tree is known from tar headers alone, which is all that COPY, ADD and WORKDIR need. */
export class IndexRoot implements StageRoot {
  readonly #index: TreeIndex;

  /** The contents of files are known to the index where others copy out of the stage. */
  constructor(index: TreeIndex) {
    this.#index = index;
  }

  open(): OpenedRoot {
    return { view: this.#index, directory: undefined, close: () => undefined };
  }

  async change(plan: MemberPlan): Promise<readonly TarMember[]> {
    const members = await plan(this.#index);
    for (const member of members) this.#index.addMember(member);
    return members;
  }

  run(): Promise<RunChanges> {
    return Promise.reject(new BuildError('INTERNAL', 'RUN reached a stage that has no files on disk'));
  }

  applyLayers(feed: LayerFeed): Promise<void> {
    return feed.index((spill) => ({ handler: this.#index.handler(spill), finish: () => undefined }));
  }

  fork(): StageRoot {
    return new IndexRoot(this.#index.clone());
  }
}
