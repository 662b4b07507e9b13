import { mkdirSync } from 'node:fs';
import { fromText } from '../bytes/index.ts';
import { BuildError } from '../errors/index.ts';
import type { ImageLayer } from '../image/index.ts';
import { changesFiles, type Needs, type PlannedStage } from '../plan/index.ts';
import { TreeIndex } from '../rootfs/index.ts';
import {
  createOverlayMounter,
  diskOwnership,
  ignoreRule,
  IndexRoot,
  IN_ITS_PLACE,
  Ledger,
  OverlayRoot,
  RootResidence,
  ScanRoot,
  type IgnoreRule,
  type OverlayMounter,
  type Residence,
  type StageRoot,
  type TreeOwnership,
} from '../snapshot/index.ts';
import type { LayerTrees } from './layer-trees.ts';
import { StageTree } from './stage-tree.ts';

/** What the machine lets a build do with files. */
export interface RootSettings {
  /** Absolute; everything of the build lies below it. */
  readonly scratch: string;
  /** `index` where files can be unpacked but not owned: nothing can run there. */
  readonly snapshotter: 'overlay' | 'scan' | 'index';
  /** Overlay mounts in a user namespace need it. */
  readonly userxattr: boolean;
  /** `ledger` where all files on disk belong to one user, so that owners are written down elsewhere. */
  readonly ownership: 'disk' | 'ledger';
  readonly ignorePaths: readonly string[];
  /** Absolute; where caches of RUN --mount=type=cache stay. Below the scratch directory, and gone with it, where absent. */
  readonly cacheMounts?: string | undefined;
  /** Where RUN takes place in a container's own root: absolute paths that stay in it, and the file that tells of it. */
  readonly takeover?: { readonly kept: readonly string[]; readonly journal: string } | undefined;
  /** False where caches of RUN are not to be kept in the layer cache. */
  readonly keepsCacheMounts?: boolean | undefined;
}

/** Makes overlay mounts in the scratch directory. */
export function overlayMounter({ scratch, userxattr }: RootSettings): OverlayMounter {
  return createOverlayMounter(fromText(scratch), { userxattr, volatile: true });
}

/** Where RUN has its tree on this machine. */
export function residenceOf({ takeover, scratch }: RootSettings): Residence {
  if (takeover === undefined) return IN_ITS_PLACE;
  return new RootResidence({
    root: fromText('/'),
    kept: takeover.kept,
    journal: takeover.journal,
    own: fromText(`${scratch}/own`),
  });
}

/** Makes the trees of stages: on overlay mounts, in plain directories, or in memory where no file is ever needed. */
export class StageRoots {
  readonly #needs: Needs;
  readonly #trees: LayerTrees;
  readonly #settings: RootSettings;
  readonly #ignored: IgnoreRule;
  readonly #mounter: OverlayMounter;
  readonly #residence: Residence;
  readonly #contextRoot: (name: string) => StageRoot;
  #count = 0;

  /** `contextRoot` gives the tree of the named context of this name. */
  constructor(
    needs: Needs,
    trees: LayerTrees,
    settings: RootSettings,
    contextRoot: (name: string) => StageRoot,
    residence: Residence,
  ) {
    this.#residence = residence;
    this.#contextRoot = contextRoot;
    this.#needs = needs;
    this.#trees = trees;
    this.#settings = settings;
    this.#ignored = ignoreRule(settings.ignorePaths.map(fromText));
    this.#mounter = overlayMounter(settings);
  }

  /** The tree a stage starts with, `parent` being that of the stage it is built on. */
  tree(stage: PlannedStage, parent: StageTree | undefined): StageTree {
    return new StageTree({
      open: () => this.#open(stage, parent),
      apply: (root, layers) => this.#trees.applyTo(root, layers, this.#needsContents(stage)),
    });
  }

  async #open(stage: PlannedStage, parent: StageTree | undefined): Promise<StageRoot> {
    const { base } = stage;
    if (base.kind === 'context') return this.#contextRoot(base.name);
    if (base.kind === 'stage') return this.#fork(stage, parent);
    const layers = base.kind === 'image' ? base.image.layers : [];
    if (this.#needs.onDisk.has(stage) && this.#settings.snapshotter !== 'index') {
      const { directory, ownership } = await this.#unpacked(layers);
      return this.#onDirectory(directory, ownership, stage);
    }
    if (layers.length === 0) return new IndexRoot(new TreeIndex());
    return new IndexRoot((await this.#trees.index(layers, this.#needsContents(stage))).clone());
  }

  /** Of a tree in memory: another stage reads its files. */
  #needsContents(stage: PlannedStage): boolean {
    return this.#needs.onDisk.has(stage);
  }

  async #unpacked(
    layers: readonly ImageLayer[],
  ): Promise<{ readonly directory: string; readonly ownership: TreeOwnership }> {
    const isEmpty = layers.length === 0;
    if (this.#settings.ownership === 'disk') {
      const directory = isEmpty ? this.#emptyDirectory() : await this.#trees.unpacked(layers);
      return { directory, ownership: diskOwnership };
    }
    if (isEmpty) return { directory: this.#emptyDirectory(), ownership: new Ledger(new TreeIndex()) };
    const { directory, index } = await this.#trees.withIndex(layers);
    return { directory, ownership: new Ledger(index.clone()) };
  }

  async #fork(stage: PlannedStage, parent: StageTree | undefined): Promise<StageRoot> {
    if (parent === undefined) throw new BuildError('INTERNAL', `${stage.label} has no tree to start from`);
    return (await parent.ready()).fork(this.#freshName());
  }

  #onDirectory(directory: string, ownership: TreeOwnership, stage: PlannedStage): StageRoot {
    const { snapshotter, scratch } = this.#settings;
    const rules = { ignored: this.#ignored, ownership };
    if (snapshotter === 'overlay')
      return new OverlayRoot(this.#mounter, this.#freshName(), [directory], rules);
    const place = (name: string): string => `${scratch}/${name}`;
    const root = new ScanRoot(
      fromText(place(directory)),
      rules,
      (name) => fromText(place(name)),
      this.#residence,
    );
    // Only what nobody changes can be shared.
    return changesFiles(stage) ? root.fork(this.#freshName()) : root;
  }

  #emptyDirectory(): string {
    const name = this.#freshName();
    mkdirSync(`${this.#settings.scratch}/${name}`, { mode: 0o755 });
    return name;
  }

  /** Short, because overlay mounts have little room for names. */
  #freshName(): string {
    return `s${this.#count++}`;
  }
}
