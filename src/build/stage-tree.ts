import type { ImageLayer } from '../image/index.ts';
import type { StageRoot } from '../snapshot/index.ts';

/** How a tree is made, and how finished layers get into it. */
export interface TreeMaker {
  open(): Promise<StageRoot>;
  apply(root: StageRoot, layers: readonly ImageLayer[]): Promise<void>;
}

/** The file tree of a stage, made when it is first asked for: until then finished layers are only noted. */
export class StageTree {
  readonly #maker: TreeMaker;
  readonly #waiting: ImageLayer[] = [];
  #root: Promise<StageRoot> | undefined;

  constructor(maker: TreeMaker) {
    this.#maker = maker;
  }

  /** Puts a finished layer on top of the tree. */
  add(layer: ImageLayer): void {
    this.#waiting.push(layer);
  }

  /** The tree with all layers in it. Throws what getting them throws. */
  ready(): Promise<StageRoot> {
    this.#root = (this.#root ?? this.#maker.open()).then(async (root) => {
      const layers = this.#waiting.splice(0);
      if (layers.length > 0) await this.#maker.apply(root, layers);
      return root;
    });
    return this.#root;
  }
}
