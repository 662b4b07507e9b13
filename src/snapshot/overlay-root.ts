import { chmodSync, lchownSync, lstatSync, mkdirSync, readdirSync, rmdirSync } from 'node:fs';
import { fromText, joinPath, toFs, type BytePath } from '../bytes/index.ts';
import { DiskRoot, removeTree, type RootView } from '../rootfs/index.ts';
import type { TarMember } from '../tar/index.ts';
import { diffOverlay } from './overlay-diff.ts';
import type { IgnoreRule } from './ignore.ts';
import type { OverlayMounter } from './overlay-mount.ts';
import { makeMountPoints, missingMountPoints } from './mount-points.ts';
import type { LayerFeed } from './layer-feed.ts';
import type { MemberPlan, MountPoint, OpenedRoot, RunChanges, RunRoot, StageRoot } from './stage-root.ts';
import { makeStubs } from './stubs.ts';
import type { OwnershipRecord, TreeOwnership } from './tree-ownership.ts';

/** A step's directories, relative. */
interface MountedStep {
  readonly upper: string;
  readonly work: string;
  readonly merged: string;
}

/**
 * A stage on overlay mounts: one upper directory a step, which becomes the topmost lower of the next. So a snapshot
 * is a walk of what one step wrote, and a finished upper never changes again: its layer can be written meanwhile.
 */
export class OverlayRoot implements StageRoot {
  readonly #mounter: OverlayMounter;
  readonly #name: string;
  readonly #ignored: IgnoreRule;
  readonly #ownership: TreeOwnership;
  /** Relative directories, topmost first; never empty. */
  readonly #lowers: string[];
  #steps = 0;

  constructor(
    mounter: OverlayMounter,
    name: string,
    lowers: readonly string[],
    rules: { readonly ignored: IgnoreRule; readonly ownership: TreeOwnership },
  ) {
    this.#mounter = mounter;
    this.#name = name;
    this.#lowers = [...lowers];
    this.#ignored = rules.ignored;
    this.#ownership = rules.ownership;
    mkdirSync(toFs(mounter.path(name)), { recursive: true });
  }

  open(): OpenedRoot {
    const { directory, mounted } = this.#present();
    return { view: this.#ownership.view(directory), directory, close: () => this.#unmount(mounted) };
  }

  /** The tree as it is, and what had to be mounted for that. */
  #present(): { readonly directory: BytePath; readonly mounted: readonly string[] } {
    const [only, ...more] = this.#lowers;
    if (only !== undefined && more.length === 0) return { directory: this.#mounter.path(only), mounted: [] };
    const target = this.#fresh('view');
    this.#mounter.mount(target, { lowers: this.#lowers });
    return { directory: this.#mounter.path(target), mounted: [target] };
  }

  async change(plan: MemberPlan): Promise<readonly TarMember[]> {
    // One mount serves to look and to write.
    const step = this.#mountStep(this.#lowers);
    const directory = this.#mounter.path(step.merged);
    let members: readonly TarMember[] = [];
    try {
      const planned = await plan(this.#ownership.view(directory));
      this.#ownership.apply(directory, planned);
      members = planned;
    } finally {
      this.#unmountStep(step);
      if (members.length === 0) this.#remove(step.upper);
    }
    if (members.length > 0) this.#lowers.unshift(step.upper);
    return members;
  }

  async run(
    step: (root: RunRoot) => Promise<OwnershipRecord>,
    mountPoints?: (view: RootView) => readonly MountPoint[],
  ): Promise<RunChanges> {
    const before = this.#present();
    const toUnmount = [...before.mounted];
    const toRemove: string[] = [];
    let changes: RunChanges['changes'];
    let upper: string;
    try {
      const view = this.#ownership.view(before.directory);
      const points = missingMountPoints(view, mountPoints?.(view) ?? []);
      const stubs = this.#fresh('stubs');
      toRemove.push(stubs);
      makeStubs(view, this.#mounter.path(stubs));
      const above = points.length === 0 ? [] : [this.#mountPoints(before.directory, points)];
      toRemove.push(...above);
      const mounted = this.#mountStep([...above, ...this.#lowers, stubs]);
      toUnmount.push(mounted.merged);
      toRemove.push(mounted.work);
      upper = mounted.upper;
      const directory = this.#mounter.path(mounted.merged);
      const put = (members: readonly TarMember[]): void => this.#ownership.apply(directory, members);
      const record = await step({ directory, view, put });
      changes = this.#changes(before.directory, mounted, record);
    } finally {
      // Both mounts go in one call: every program that is started costs milliseconds.
      this.#unmount(toUnmount);
      for (const made of toRemove) this.#remove(made);
    }
    // Paths that never get into layers (--ignore-path) are still there for the next step.
    if (readdirSync(toFs(this.#mounter.path(upper))).length > 0) this.#lowers.unshift(upper);
    else this.#remove(upper);
    return { changes, stable: true };
  }

  async applyLayers(feed: LayerFeed): Promise<void> {
    const step = this.#mountStep(this.#lowers);
    try {
      await feed.unpack(() => this.#ownership.unpackInto(this.#mounter.path(step.merged)));
    } finally {
      this.#unmountStep(step);
    }
    this.#lowers.unshift(step.upper);
  }

  fork(name: string): StageRoot {
    const ownership = this.#ownership.clone();
    return new OverlayRoot(this.#mounter, name, this.#lowers, { ignored: this.#ignored, ownership });
  }

  #mountPoints(before: BytePath, points: readonly MountPoint[]): string {
    const directory = this.#fresh('p');
    makeMountPoints(new DiskRoot(before), this.#mounter.path(directory), points);
    return directory;
  }

  #changes(
    before: BytePath,
    step: { readonly upper: string; readonly merged: string },
    record: OwnershipRecord,
  ): RunChanges['changes'] {
    const [upper, merged] = [this.#mounter.path(step.upper), this.#mounter.path(step.merged)];
    const ignored = this.#ignored;
    const changes = diffOverlay({ upper, before, merged }, ignored);
    const keep = (path: BytePath): BytePath => {
      // A change of owner, to the one it has: overlayfs copies the file up, where it stays.
      lchownSync(toFs(joinPath(merged, path)), 0, 0);
      return joinPath(upper, path);
    };
    return this.#ownership.settle({ directory: merged, changes, record, ignored, keep });
  }

  #mountStep(lowers: readonly string[]): MountedStep {
    const [upper, work, merged] = [this.#fresh('u'), this.#fresh('w'), this.#fresh('m')];
    this.#takeOver(lowers[0] ?? upper, upper);
    this.#mounter.mount(merged, { lowers, upper, work });
    return { upper, work, merged };
  }

  #unmountStep({ merged, work }: MountedStep): void {
    this.#unmount([merged]);
    this.#remove(work);
  }

  #unmount(targets: readonly string[]): void {
    if (targets.length > 0) this.#mounter.unmount(...targets);
    for (const target of targets) rmdirSync(toFs(this.#mounter.path(target)));
  }

  /** The root directory of a mount has the owner and mode of its topmost layer's. */
  #takeOver(from: string, to: string): void {
    const { uid, gid, mode } = lstatSync(toFs(this.#mounter.path(from)));
    const target = toFs(this.#mounter.path(to));
    lchownSync(target, uid, gid);
    chmodSync(target, mode & 0o7777);
  }

  #remove(relative: string): void {
    removeTree(this.#mounter.path(relative));
  }

  #fresh(kind: string): string {
    const relative = `${this.#name}/${kind}${this.#steps++}`;
    mkdirSync(toFs(fromText(this.#mounter.path(relative))), { mode: 0o755 });
    return relative;
  }
}
