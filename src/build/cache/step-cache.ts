import { type CacheKey, type KeyPart, type StepRecord } from '../../cache/index.ts';
import type { CopyInstruction, StageInstruction } from '../../dockerfile/index.ts';
import type { PlannedInstruction } from '../../plan/index.ts';
import type { CacheOutcome } from '../../request/index.ts';
import type { LayerCache } from '../ports.ts';
import { rootOf } from '../stage-files.ts';
import type { LayerSlot, StageState } from '../stage-state.ts';
import { contentPart, FileDigests } from './content-part.ts';
import {
  chainAfter,
  stepKey,
  stepParts,
  type Foresight,
  type ForeseenStep,
  type StageChain,
} from './foresight.ts';

/** The keys of one step: by how all before it was made, and by what was copied. */
interface StepKeys {
  readonly step: ForeseenStep;
  readonly before: StageChain;
  readonly key: CacheKey | undefined;
  readonly contentKey: CacheKey | undefined;
  /** What `contentKey` says of a COPY out of another stage. */
  readonly copied: readonly KeyPart[];
}

/** What a step came to that had to be carried out. */
export interface MadeStep {
  readonly slot: LayerSlot | undefined;
  /** Of its history row, in milliseconds since the epoch. */
  readonly time: number;
  /** Milliseconds. */
  readonly cost: number;
}

/** Finds results of earlier builds for steps, and keeps those of this one. */
export class StepCache {
  readonly #foresight: Foresight;
  readonly #cache: LayerCache;
  readonly #finished: (stage: NonNullable<PlannedInstruction['source']>) => Promise<StageState>;
  readonly #now: () => number;
  readonly #outcomes: CacheOutcome[];
  readonly #keys = new Map<PlannedInstruction, StepKeys>();

  constructor(
    foresight: Foresight,
    cache: LayerCache,
    finished: (stage: NonNullable<PlannedInstruction['source']>) => Promise<StageState>,
    now: () => number,
    outcomes: CacheOutcome[],
  ) {
    this.#foresight = foresight;
    this.#cache = cache;
    this.#finished = finished;
    this.#now = now;
    this.#outcomes = outcomes;
  }

  /**
   * The result of an earlier build for a step that comes next in its stage; the stage's keys move on. Where its key is
   * not found, stages it copies from are waited for: what is copied may be the same.
   */
  async find(
    planned: PlannedInstruction,
    instruction: StageInstruction,
    state: StageState,
  ): Promise<StepRecord | undefined> {
    const step = this.#foresight.get(planned);
    if (step === undefined) {
      state.chain = { key: undefined, content: undefined };
      return undefined;
    }
    const before = state.chain;
    const key = stepKey(before.key, step, step.from === undefined ? [] : [step.from]);
    if (step.record !== undefined && step.record.key === key) {
      const contentKey = step.record.contentKey ?? key;
      this.#advance(state, step, key, contentKey);
      this.#outcomes.push(hit(step, step.record));
      return step.record;
    }
    const copied = await this.#copied(planned, instruction, step);
    const contentKey = copied === undefined ? undefined : stepKey(before.content, step, copied);
    this.#advance(state, step, key, contentKey);
    this.#keys.set(planned, { step, before, key, contentKey, copied: copied ?? [] });
    const record = contentKey === key ? undefined : await this.#lookUp(contentKey, step);
    if (record === undefined) return undefined;
    this.#outcomes.push(hit(step, record));
    if (key !== undefined)
      this.#cache.keep({ ...record, ...this.#identity(planned, key, before.key), contentKey });
    return record;
  }

  /** Keeps what a step came to, once its layer is written. */
  made(planned: PlannedInstruction, { slot, time, cost }: MadeStep): void {
    const keys = this.#keys.get(planned);
    if (keys === undefined) return;
    const outcome: CacheOutcome = { name: keys.step.name, hit: false, milliseconds: cost, bytes: 0 };
    this.#outcomes.push(outcome);
    if (!keys.step.use.keep || !this.#cache.keeps) return;
    void this.#keep(planned, keys, { slot, time, cost }).catch(() => undefined); // told where the layer is awaited
  }

  async #keep(planned: PlannedInstruction, keys: StepKeys, { slot, time, cost }: MadeStep): Promise<void> {
    const layer = await slot?.layer;
    const { step, before, key, contentKey, copied } = keys;
    const result = {
      kind: 'step' as const,
      created: this.#now(),
      step: step.name,
      ...(layer !== undefined && { layer: { descriptor: layer.descriptor, diffId: layer.diffId } }),
      time,
      cost,
    };
    if (key !== undefined)
      this.#cache.keep({
        ...result,
        ...this.#identity(planned, key, before.key),
        ...(contentKey !== key && { contentKey }),
      });
    if (contentKey === undefined || contentKey === key) return;
    this.#cache.keep({ ...result, key: contentKey, parts: stepParts(before.content, step, copied) });
  }

  #identity(
    planned: PlannedInstruction,
    key: CacheKey,
    parent: CacheKey | undefined,
  ): Pick<StepRecord, 'key' | 'parts'> {
    const step = this.#foresight.get(planned);
    if (step === undefined) return { key, parts: [] };
    return { key, parts: stepParts(parent, step, step.from === undefined ? [] : [step.from]) };
  }

  #advance(
    state: StageState,
    step: ForeseenStep,
    key: CacheKey | undefined,
    contentKey: CacheKey | undefined,
  ): void {
    const { chain } = state;
    state.chain = {
      key: chainAfter(chain.key, step, key),
      content: chainAfter(chain.content, step, contentKey),
    };
  }

  async #lookUp(key: CacheKey | undefined, step: ForeseenStep): Promise<StepRecord | undefined> {
    if (key === undefined || !step.use.take) return undefined;
    const record = (await this.#cache.lookup([key])).get(key);
    return record?.kind === 'step' ? record : undefined;
  }

  /** What a step copies out of another stage, by content; none for other steps, undefined where it cannot be told. */
  async #copied(
    { source }: PlannedInstruction,
    instruction: StageInstruction,
    { from }: ForeseenStep,
  ): Promise<readonly KeyPart[] | undefined> {
    if (from === undefined || source === undefined) return [];
    const root = await rootOf(await this.#finished(source));
    const opened = root.open();
    try {
      const { sources, parents, excludes } = instruction as CopyInstruction;
      const digests = new FileDigests();
      return sources.map((name) =>
        contentPart(name, opened.view, { parents, excludes, isContext: false }, digests),
      );
    } catch {
      return undefined; // the copy itself will say what is wrong
    } finally {
      opened.close();
    }
  }
}

function hit({ name }: ForeseenStep, { cost, layer }: StepRecord): CacheOutcome {
  return { name, hit: true, milliseconds: cost, bytes: layer?.descriptor.size ?? 0 };
}
