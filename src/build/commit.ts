import { fromText, type BytePath } from '../bytes/index.ts';
import type { ImageLayer } from '../image/index.ts';
import {
  DEFAULT_COMPRESSION,
  layerMembers,
  mergeChanges,
  writeLayer,
  type LayerOptions,
} from '../layer/index.ts';
import { createLimiter, type Limiter, type LocalBlobStore } from '../content/index.ts';
import type { BuildSpec } from '../request/index.ts';
import { givenPaths, type Change, type IgnoreRule } from '../snapshot/index.ts';
import type { Listings } from './layer-trees.ts';
import { addRow, markLayer } from './history.ts';
import type { StageState } from './stage-state.ts';

/** Layers compressed at the same time: each keeps the processors busy on its own. */
const CONCURRENT_LAYERS = 2;

/** What a step leaves behind. */
export interface StepChanges {
  readonly createdBy: string;
  readonly changes: readonly Change[];
  /** Whether the changed files stay as they are while later steps run; else the layer is written before going on. */
  readonly stable: boolean;
  /** Called once the files are no longer needed. */
  readonly release?: (() => void) | undefined;
}

/** Turns what steps changed into layers and history rows. */
export class Committer {
  readonly #store: LocalBlobStore;
  readonly #spec: BuildSpec;
  readonly #listings: Listings;
  readonly #signal: AbortSignal;
  readonly #ignored: IgnoreRule;
  readonly #limit: Limiter;
  readonly #writing = new Set<Promise<unknown>>();

  constructor(store: LocalBlobStore, spec: BuildSpec, listings: Listings, signal: AbortSignal) {
    this.#store = store;
    this.#spec = spec;
    this.#limit = createLimiter(spec.sparesMemory === true ? 1 : CONCURRENT_LAYERS);
    this.#listings = listings;
    this.#signal = signal;
    this.#ignored = givenPaths(spec.ignorePaths.map(fromText));
  }

  /** Records a step: a row and, where it changed files, a layer that may still be in the making when this returns. */
  async step(state: StageState, step: StepChanges, at: number): Promise<void> {
    const row = addRow(state, step.createdBy, at);
    const changes = step.changes.filter((change) => !this.#ignored(pathOf(change)));
    if (changes.length === 0) return step.release?.();
    if (this.#spec.singleSnapshot) {
      state.unwritten.push({ changes, row, release: step.release });
      return;
    }
    markLayer(state, row);
    await this.#add(state, { ...step, changes });
  }

  /** Records an instruction that changes no file: it has no time of its own. */
  metadata(state: StageState, createdBy: string): void {
    addRow(state, createdBy, undefined);
  }

  /** Writes the one layer of `--single-snapshot`, carried by the row of the last step that changed files. */
  async finish(state: StageState, existedBefore: (path: BytePath) => boolean): Promise<void> {
    const steps = state.unwritten.splice(0);
    const row = steps.at(-1)?.row;
    if (row === undefined) return;
    const release = (): void => steps.forEach((step) => step.release?.());
    const changes = mergeChanges(
      steps.map((step) => step.changes),
      existedBefore,
    );
    if (changes.length === 0) return release();
    markLayer(state, row);
    const createdBy = state.history[row]?.created_by ?? '';
    await this.#add(state, { createdBy, changes, stable: false, release });
  }

  /** Resolves once no layer is being written any more, whatever became of them. */
  async settled(): Promise<void> {
    await Promise.all(this.#writing);
  }

  async #add(state: StageState, step: StepChanges): Promise<void> {
    const layer = this.#limit(() => this.#write(step.changes)).finally(() => step.release?.());
    // Whoever assembles the image waits for it; until then a failure must not count as unhandled.
    const ended = layer.catch(() => undefined).finally(() => this.#writing.delete(ended));
    this.#writing.add(ended);
    state.layers.push({ layer, createdBy: step.createdBy, reused: false });
    if (!step.stable) await layer;
  }

  async #write(changes: readonly Change[]): Promise<ImageLayer> {
    const listing = await this.#listings.writer();
    const layer = await writeLayer(layerMembers(changes), this.#store, { ...this.#options(), listing });
    if (listing !== undefined) await this.#listings.keep(layer, listing);
    return layer;
  }

  #options(): LayerOptions {
    const epoch = this.#spec.sourceDateEpoch;
    const { compression, sparesMemory } = this.#spec;
    const sparing = { ...(compression ?? DEFAULT_COMPRESSION), blocksInFlight: 1 };
    const options = { signal: this.#signal, compression: sparesMemory === true ? sparing : compression };
    if (this.#spec.reproducible) return { ...options, fixedMtimeNs: nanoseconds(epoch ?? 0) };
    return epoch === undefined ? options : { ...options, maxMtimeNs: nanoseconds(epoch) };
  }
}

function pathOf(change: Change): BytePath {
  return change.kind === 'removed' ? change.path : change.member.path;
}

function nanoseconds(seconds: number): bigint {
  return BigInt(seconds) * 1_000_000_000n;
}
