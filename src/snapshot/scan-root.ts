import { mkdirSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { joinPath, parentPath, toFs, type BytePath } from '../bytes/index.ts';
import { BuildError } from '../errors/index.ts';
import { runSync } from '../process/index.ts';
import type { RootView } from '../rootfs/index.ts';
import type { TarMember } from '../tar/index.ts';
import type { Change } from './change.ts';
import type { IgnoreRule } from './ignore.ts';
import { diffStates } from './scan-diff.ts';
import type { LayerFeed } from './layer-feed.ts';
import type { MemberPlan, MountPoint, OpenedRoot, RunChanges, RunRoot, StageRoot } from './stage-root.ts';
import { coveredPaths } from './covered-paths.ts';
import { placeStubs } from './placed-stubs.ts';
import { IN_ITS_PLACE, type Residence, type ResidentTree } from './residence.ts';
import type { OwnershipRecord, TreeOwnership } from './tree-ownership.ts';
import { readTreeState, type TreeState } from './tree-state.ts';

/**
 * A stage in one plain directory, for machines where no overlay can be mounted: the whole tree is walked before and
 * after a RUN. The state after one RUN serves as the state before the next.
 */
export class ScanRoot implements StageRoot {
  readonly #directory: BytePath;
  readonly #ignored: IgnoreRule;
  readonly #ownership: TreeOwnership;
  readonly #place: (name: string) => BytePath;
  readonly #residence: Residence;
  #state: TreeState | undefined;

  /** `place` names the directory of a forked root; `residence` is where the tree lies while something runs in it. */
  constructor(
    directory: BytePath,
    rules: { readonly ignored: IgnoreRule; readonly ownership: TreeOwnership },
    place: (name: string) => BytePath,
    residence: Residence = IN_ITS_PLACE,
  ) {
    this.#directory = directory;
    this.#ignored = rules.ignored;
    this.#ownership = rules.ownership;
    this.#place = place;
    this.#residence = residence;
  }

  open(): OpenedRoot {
    return { view: this.#view(), directory: this.#directory, close: () => undefined };
  }

  async change(plan: MemberPlan): Promise<readonly TarMember[]> {
    const members = await plan(this.#view());
    this.#ownership.apply(this.#directory, members);
    this.#state = undefined;
    return members;
  }

  async run(
    step: (root: RunRoot) => Promise<OwnershipRecord>,
    mountPoints?: (view: RootView) => readonly MountPoint[],
  ): Promise<RunChanges> {
    const resident = await this.#residence.enter(this.#directory);
    const watched = await this.#watch(resident, step, mountPoints).finally(() => resident.leave());
    const { before, after, record } = watched;
    // Where the tree is moved, what is moved gets another ctime.
    this.#state = resident.directory === this.#directory ? after : undefined;
    return { changes: this.#settle(diffStates(this.#directory, before, after), record), stable: false };
  }

  /** What the step did, and the states before and after it. */
  async #watch(
    { directory, isForeign, seen, holdsCopies }: ResidentTree,
    step: (root: RunRoot) => Promise<OwnershipRecord>,
    mountPoints: ((view: RootView) => readonly MountPoint[]) | undefined,
  ): Promise<{ readonly before: TreeState; readonly after: TreeState; readonly record: OwnershipRecord }> {
    const view = seen(this.#ownership.view(directory));
    const points = mountPoints?.(view) ?? [];
    const covered = holdsCopies ? coveredPaths(view, points) : undefined;
    const ignored: IgnoreRule = (path) =>
      this.#ignored(path) || isForeign(path) || covered?.has(path) === true;
    const before = this.#state ?? readTreeState(directory, ignored);
    this.#state = undefined;
    await tick(before);
    const stubs = placeStubs(view, directory, points);
    let record: OwnershipRecord;
    try {
      const put = (members: readonly TarMember[]): void => this.#ownership.apply(directory, members);
      record = await step({ directory, view, put });
    } finally {
      stubs.remove();
    }
    return { before, after: readTreeState(directory, ignored), record };
  }

  async applyLayers(feed: LayerFeed): Promise<void> {
    this.#state = undefined;
    await feed.unpack(() => this.#ownership.unpackInto(this.#directory));
  }

  fork(name: string): StageRoot {
    const directory = this.#place(name);
    copyTree(this.#directory, directory);
    const ownership = this.#ownership.clone();
    return new ScanRoot(directory, { ignored: this.#ignored, ownership }, this.#place, this.#residence);
  }

  #settle(changes: readonly Change[], record: OwnershipRecord): RunChanges['changes'] {
    const directory = this.#directory;
    const keep = (path: BytePath): BytePath => joinPath(directory, path);
    return this.#ownership.settle({ directory, changes, record, ignored: this.#ignored, keep });
  }

  #view(): RootView {
    return this.#ownership.view(this.#directory);
  }
}

/** The kernel's clock for file times moves in steps of at most 10 ms (CONFIG_HZ of 100). */
const CLOCK_STEP_MS = 10;

/** Lets the clock move on where something changed in this very moment: a change to come must get another ctime. */
async function tick({ newestChangeNs }: TreeState): Promise<void> {
  const ageMs = Date.now() - Number(newestChangeNs / 1_000_000n);
  if (ageMs <= CLOCK_STEP_MS) await delay(2 * CLOCK_STEP_MS);
}

/** Copies a tree with everything that is in it: owners, times, links, attributes; shares blocks where the file system can. */
function copyTree(from: BytePath, to: BytePath): void {
  mkdirSync(toFs(parentPath(to)), { recursive: true });
  const result = runSync('cp', ['-a', '--reflink=auto', '--', from, to]);
  if (result.status !== 0) {
    throw new BuildError(
      'FILESYSTEM',
      `copying the tree of a stage to ${joinPath(to, '' as BytePath)} failed: ${result.stderr.trim()}`,
    );
  }
}
