import { type CacheKey, type KeyPart, type StepRecord } from '../../cache/index.ts';
import type { Sightings } from '../../context/index.ts';
import type { CopyInstruction, StageInstruction } from '../../dockerfile/index.ts';
import { sourcesOf, type PlannedInstruction } from '../../plan/index.ts';
import type { BuildSpec, CacheOutcome } from '../../request/index.ts';
import type { ImageLayer } from '../../image/index.ts';
import type { LayerCache } from '../ports.ts';
import { rootOf } from '../stage-files.ts';
import type { LayerSlot, StageState } from '../stage-state.ts';
import type { ContextChange } from './context-change.ts';
import { contentPart, FileDigests } from './content-part.ts';
import {
  chainAfter,
  isTaken,
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
  /** How the files of contexts looked that went into it. */
  readonly sightings: Sightings | undefined;
  readonly slot: LayerSlot | undefined;
  /** Of its history row, in milliseconds since the epoch. */
  readonly time: number;
  /** Milliseconds. */
  readonly cost: number;
}

interface WrittenStep extends Pick<MadeStep, 'time' | 'cost'> {
  readonly layer: ImageLayer | undefined;
  readonly ownersLost: boolean;
}

const UNKNOWN: StageChain = { key: undefined, content: undefined };

/** What the steps of a build have in common. */
export interface StepCachePorts {
  readonly cache: LayerCache;
  finished(stage: NonNullable<PlannedInstruction['source']>): Promise<StageState>;
  now(): number;
  readonly outcomes: CacheOutcome[];
  readonly change: ContextChange;
  readonly spec: BuildSpec;
  /** Told of work that goes on when a step is over; it never rejects. */
  onWork(work: Promise<unknown>): void;
}

/** Finds results of earlier builds for steps, and keeps those of this one. */
export class StepCache {
  readonly #foresight: Foresight;
  readonly #ports: StepCachePorts;
  readonly #keys = new Map<PlannedInstruction, StepKeys>();

  constructor(foresight: Foresight, ports: StepCachePorts) {
    this.#foresight = foresight;
    this.#ports = ports;
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
      state.chain = UNKNOWN;
      return undefined;
    }
    const before = state.faith.isBroken ? UNKNOWN : state.chain;
    const key = stepKey(before.key, step, step.from === undefined ? [] : [step.from]);
    if (step.record !== undefined && step.record.key === key) {
      const contentKey = step.record.contentKey ?? key;
      this.#advance(state, step, key, contentKey);
      this.#ports.outcomes.push(hit(step, step.record));
      if (step.record.ownersLost) state.faith.loseOwners();
      return step.record;
    }
    for (const source of sourcesOf(planned)) state.faith.share((await this.#ports.finished(source)).faith);
    if (state.faith.isBroken) {
      state.chain = UNKNOWN;
      return undefined;
    }
    const copied = await this.#copied(planned, instruction, step);
    const contentKey = copied === undefined ? undefined : stepKey(before.content, step, copied);
    this.#advance(state, step, key, contentKey);
    this.#keys.set(planned, { step, before, key, contentKey, copied: copied ?? [] });
    const record = contentKey === key ? undefined : await this.#lookUp(contentKey, step);
    if (record === undefined) return undefined;
    this.#ports.outcomes.push(hit(step, record));
    if (record.ownersLost) state.faith.loseOwners();
    const found = { ...record, contentKey };
    if (key !== undefined)
      this.#whereTrue(state, () =>
        this.#ports.cache.keep({ ...found, ...this.#identity(planned, key, before.key) }),
      );
    return record;
  }

  /** Keeps what a step came to, once its layer is written and where it is what its keys say. */
  made(planned: PlannedInstruction, state: StageState, { sightings, slot, time, cost }: MadeStep): void {
    this.#check(planned, state, sightings, slot);
    const keys = this.#keys.get(planned);
    if (keys === undefined) return;
    const outcome: CacheOutcome = { name: keys.step.name, hit: false, milliseconds: cost, bytes: 0 };
    this.#ports.outcomes.push(outcome);
    if (!keys.step.use.keep || !this.#ports.cache.keeps) return;
    const { ownersLost } = state.faith;
    this.#whereTrue(state, async () =>
      this.#keep(planned, keys, { layer: await slot?.layer, time, cost, ownersLost }),
    );
  }

  /** Does something once it is known that the tree is what its keys say. */
  #whereTrue({ faith }: StageState, work: () => Promise<void> | void): void {
    const done = faith.holds().then((holds) => (holds ? work() : undefined));
    this.#ports.onWork(done.catch(() => undefined)); // told where the layer is awaited
  }

  /** Whether what a step read is what its keys were made of: when it was planned, and still when its layer was written. */
  #check(
    planned: PlannedInstruction,
    state: StageState,
    sightings: Sightings | undefined,
    slot: LayerSlot | undefined,
  ): void {
    const step = this.#foresight.get(planned);
    if (sightings === undefined || step === undefined) return;
    if (sightings.digest() !== step.seen) {
      state.faith.break();
      state.chain = UNKNOWN;
      const taken = [...this.#foresight.values()].some(({ record }) => record !== undefined);
      this.#ports.change.notice(step.name, taken);
      return;
    }
    const check = this.#stayed(step.name, sightings, slot).catch(() => false); // told where the layer is awaited
    state.faith.await(check);
    this.#ports.onWork(check);
  }

  async #stayed(step: string, sightings: Sightings, slot: LayerSlot | undefined): Promise<boolean> {
    await slot?.layer;
    const stayed = sightings.stillThere();
    if (!stayed) this.#ports.change.notice(step, false);
    return stayed;
  }

  #keep(planned: PlannedInstruction, keys: StepKeys, { layer, time, cost, ownersLost }: WrittenStep): void {
    const { step, before, key, contentKey, copied } = keys;
    const result = {
      kind: 'step' as const,
      created: this.#ports.now(),
      step: step.name,
      ...(layer !== undefined && { layer: { descriptor: layer.descriptor, diffId: layer.diffId } }),
      time,
      cost,
      ...(ownersLost && { ownersLost }),
    };
    if (key !== undefined)
      this.#ports.cache.keep({
        ...result,
        ...this.#identity(planned, key, before.key),
        ...(contentKey !== key && { contentKey }),
      });
    if (contentKey === undefined || contentKey === key) return;
    this.#ports.cache.keep({ ...result, key: contentKey, parts: stepParts(before.content, step, copied) });
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
    const record = (await this.#ports.cache.lookup([key])).get(key);
    return record?.kind === 'step' && isTaken(record, this.#ports.spec) ? record : undefined;
  }

  /** What a step copies out of another stage, by content; none for other steps, undefined where it cannot be told. */
  async #copied(
    { source }: PlannedInstruction,
    instruction: StageInstruction,
    { from }: ForeseenStep,
  ): Promise<readonly KeyPart[] | undefined> {
    if (from === undefined || source === undefined) return [];
    const root = await rootOf(await this.#ports.finished(source));
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
