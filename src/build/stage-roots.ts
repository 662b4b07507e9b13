import { mkdirSync } from 'node:fs';
import { fromText } from '../bytes/index.ts';
import { BuildError } from '../errors/index.ts';
import { changesFiles, stagesOnDisk, type BaseImage, type Plan, type PlannedStage } from '../plan/index.ts';
import { TreeIndex } from '../rootfs/index.ts';
import {
  createOverlayMounter,
  diskOwnership,
  ignoreRule,
  IndexRoot,
  Ledger,
  OverlayRoot,
  ScanRoot,
  type IgnoreRule,
  type OverlayMounter,
  type StageRoot,
  type TreeOwnership,
} from '../snapshot/index.ts';
import type { BaseTrees } from './base-trees.ts';

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
}

/** Makes overlay mounts in the scratch directory. */
export function overlayMounter({ scratch, userxattr }: RootSettings): OverlayMounter {
  return createOverlayMounter(fromText(scratch), { userxattr, volatile: true });
}

/** Makes the trees of stages: on overlay mounts, in plain directories, or in memory where no file is ever needed. */
export class StageRoots {
  readonly #plan: Plan;
  readonly #trees: BaseTrees;
  readonly #settings: RootSettings;
  readonly #onDisk: ReadonlySet<PlannedStage>;
  readonly #ignored: IgnoreRule;
  readonly #mounter: OverlayMounter;
  readonly #contextRoot: (name: string) => StageRoot;
  #count = 0;

  /** `contextRoot` gives the tree of the named context of this name. */
  constructor(
    plan: Plan,
    trees: BaseTrees,
    settings: RootSettings,
    contextRoot: (name: string) => StageRoot,
  ) {
    this.#contextRoot = contextRoot;
    this.#plan = plan;
    this.#trees = trees;
    this.#settings = settings;
    this.#onDisk = stagesOnDisk(plan);
    this.#ignored = ignoreRule(settings.ignorePaths.map(fromText));
    this.#mounter = overlayMounter(settings);
  }

  /** The tree a stage starts with; undefined for one that neither changes files nor is read by others. */
  async open(stage: PlannedStage, parent: StageRoot | undefined): Promise<StageRoot | undefined> {
    if (!this.#isNeeded(stage)) return undefined;
    const { base } = stage;
    if (base.kind === 'context') return this.#contextRoot(base.name);
    if (base.kind === 'stage') return this.#fork(stage, parent);
    const image = base.kind === 'image' ? base.image : undefined;
    if (!this.#onDisk.has(stage) || this.#settings.snapshotter === 'index')
      return this.#inMemory(stage, image);
    const { directory, ownership } = await this.#unpacked(image);
    return this.#onDirectory(directory, ownership, stage);
  }

  /** A tree of headers; the contents of a base's files lie on disk only where another stage reads them. */
  async #inMemory(stage: PlannedStage, image: BaseImage | undefined): Promise<StageRoot> {
    if (image === undefined) return new IndexRoot(new TreeIndex());
    const index = (await this.#trees.index(image)).clone();
    if (!this.#onDisk.has(stage)) return new IndexRoot(index);
    const directory = await this.#trees.contents(image);
    return new IndexRoot(index, fromText(`${this.#settings.scratch}/${directory}`));
  }

  async #unpacked(
    image: BaseImage | undefined,
  ): Promise<{ readonly directory: string; readonly ownership: TreeOwnership }> {
    if (this.#settings.ownership === 'disk') {
      const directory = image === undefined ? this.#emptyDirectory() : await this.#trees.unpacked(image);
      return { directory, ownership: diskOwnership };
    }
    if (image === undefined)
      return { directory: this.#emptyDirectory(), ownership: new Ledger(new TreeIndex()) };
    const { directory, index } = await this.#trees.withIndex(image);
    return { directory, ownership: new Ledger(index.clone()) };
  }

  #isNeeded(stage: PlannedStage): boolean {
    if (this.#onDisk.has(stage) || changesFiles(stage)) return true;
    return this.#plan.stages.some(({ base }) => base.kind === 'stage' && base.stage === stage);
  }

  #fork(stage: PlannedStage, parent: StageRoot | undefined): StageRoot {
    if (parent === undefined) throw new BuildError('INTERNAL', `${stage.label} has no tree to start from`);
    return parent.fork(this.#freshName());
  }

  #onDirectory(directory: string, ownership: TreeOwnership, stage: PlannedStage): StageRoot {
    const { snapshotter, scratch } = this.#settings;
    const rules = { ignored: this.#ignored, ownership };
    if (snapshotter === 'overlay')
      return new OverlayRoot(this.#mounter, this.#freshName(), [directory], rules);
    const place = (name: string): string => `${scratch}/${name}`;
    const root = new ScanRoot(fromText(place(directory)), rules, (name) => fromText(place(name)));
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
