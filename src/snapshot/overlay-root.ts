import { chmodSync, lchownSync, lstatSync, mkdirSync, readdirSync, rmdirSync } from 'node:fs';
import { fromText, toFs, type BytePath } from '../bytes/index.ts';
import { applyMembers, DiskRoot, removeTree, type RootView } from '../rootfs/index.ts';
import type { TarMember } from '../tar/index.ts';
import { diffOverlay } from './overlay-diff.ts';
import type { IgnoreRule } from './ignore.ts';
import type { OverlayMounter } from './overlay-mount.ts';
import { makeMountPoints, missingMountPoints } from './mount-points.ts';
import type { MemberPlan, MountPoint, OpenedRoot, RunChanges, RunRoot, StageRoot } from './stage-root.ts';
import { makeStubs } from './stubs.ts';
import { readCapabilities } from './capabilities.ts';

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
  /** Relative directories, topmost first; never empty. */
  readonly #lowers: string[];
  #steps = 0;

  constructor(mounter: OverlayMounter, name: string, lowers: readonly string[], ignored: IgnoreRule) {
    this.#mounter = mounter;
    this.#name = name;
    this.#lowers = [...lowers];
    this.#ignored = ignored;
    mkdirSync(toFs(mounter.path(name)), { recursive: true });
  }

  open(): OpenedRoot {
    const [only, ...more] = this.#lowers;
    if (only !== undefined && more.length === 0) {
      const directory = this.#mounter.path(only);
      return { view: new DiskRoot(directory), directory, close: () => undefined };
    }
    const target = this.#fresh('view');
    this.#mounter.mount(target, { lowers: this.#lowers });
    const directory = this.#mounter.path(target);
    return {
      view: new DiskRoot(directory),
      directory,
      close: () => {
        this.#mounter.unmount(target);
        rmdirSync(toFs(directory));
      },
    };
  }

  async change(plan: MemberPlan): Promise<readonly TarMember[]> {
    // One mount serves to look and to write.
    const step = this.#mountStep(this.#lowers);
    const directory = this.#mounter.path(step.merged);
    let members: readonly TarMember[] = [];
    try {
      const planned = await plan(new DiskRoot(directory));
      applyMembers(directory, planned);
      members = planned;
    } finally {
      this.#unmountStep(step);
      if (members.length === 0) this.#remove(step.upper);
    }
    if (members.length > 0) this.#lowers.unshift(step.upper);
    return members;
  }

  async run(
    step: (root: RunRoot) => Promise<void>,
    mountPoints?: (view: RootView) => readonly MountPoint[],
  ): Promise<RunChanges> {
    const before = this.open();
    try {
      const points = missingMountPoints(before.view, mountPoints?.(before.view) ?? []);
      const stubs = this.#fresh('stubs');
      makeStubs(before.view, this.#mounter.path(stubs));
      const above = points.length === 0 ? [] : [this.#mountPoints(before.view, points)];
      const mounted = this.#mountStep([...above, ...this.#lowers, stubs]);
      let changes: RunChanges['changes'];
      try {
        await step({ directory: this.#mounter.path(mounted.merged), view: before.view });
        changes = this.#diff(before.directory as BytePath, mounted);
      } finally {
        this.#unmountStep(mounted);
        for (const made of [...above, stubs]) this.#remove(made);
      }
      // Paths that never get into layers (--ignore-path) are still there for the next step.
      if (readdirSync(toFs(this.#mounter.path(mounted.upper))).length > 0)
        this.#lowers.unshift(mounted.upper);
      else this.#remove(mounted.upper);
      return { changes, stable: true };
    } finally {
      before.close();
    }
  }

  fork(name: string): StageRoot {
    return new OverlayRoot(this.#mounter, name, this.#lowers, this.#ignored);
  }

  #mountPoints(view: RootView, points: readonly MountPoint[]): string {
    const directory = this.#fresh('p');
    makeMountPoints(view, this.#mounter.path(directory), points);
    return directory;
  }

  #diff(before: BytePath, step: { readonly upper: string; readonly merged: string }): RunChanges['changes'] {
    const [upper, merged] = [this.#mounter.path(step.upper), this.#mounter.path(step.merged)];
    return readCapabilities(upper, diffOverlay({ upper, before, merged }, this.#ignored));
  }

  #mountStep(lowers: readonly string[]): MountedStep {
    const [upper, work, merged] = [this.#fresh('u'), this.#fresh('w'), this.#fresh('m')];
    this.#takeOver(lowers[0] ?? upper, upper);
    this.#mounter.mount(merged, { lowers, upper, work });
    return { upper, work, merged };
  }

  #unmountStep({ merged, work }: MountedStep): void {
    this.#mounter.unmount(merged);
    this.#remove(merged);
    this.#remove(work);
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
