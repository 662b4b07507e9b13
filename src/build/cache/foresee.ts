import type { CacheKey, CacheRecord, ForeignStep, KeyPart } from '../../cache/index.ts';
import {
  isGitSource,
  isHttpSource,
  type CopyInstruction,
  type RunInstruction,
  type StageInstruction,
} from '../../dockerfile/index.ts';
import type { Plan, PlannedInstruction, PlannedStage } from '../../plan/index.ts';
import { Sightings, type BuildContext } from '../../context/index.ts';
import { digestOf } from '../../oci/index.ts';
import type { BuildSpec } from '../../request/index.ts';
import { expanded } from '../expanded.ts';
import { applyToConfig } from '../instructions/metadata.ts';
import { mountRequests } from '../instructions/mounts/mount-request.ts';
import { mountedContext, type MountedContext } from '../instructions/mounts/mounted-context.ts';
import { repositoryRequest } from '../instructions/repositories.ts';
import { setWorkdir } from '../instructions/workdir.ts';
import type { BuildPorts, DownloadIdentity, RepositoryRequest } from '../ports.ts';
import { startStage, workdirOf, type StageState } from '../stage-state.ts';
import { contentPart, FileDigests, mountedSource } from './content-part.ts';
import { chainAfter, isTaken, stepKey, stepParts, type ForeseenStep, type Foresight } from './foresight.ts';
import { KanikoKeys } from './kaniko/kaniko-keys.ts';
import { checksumPart, commitPart, downloadPart, noteCommit, noteDownload } from './remote-parts.ts';
import { copyParts, mountPart, runParts, workdirParts } from './step-parts.ts';

/** What keys are made from, and where they are looked up. */
export interface ForesightPorts extends Pick<BuildPorts, 'context' | 'contexts' | 'fetchRepository'> {
  lookup(keys: readonly CacheKey[]): Promise<ReadonlyMap<CacheKey, CacheRecord>>;
  /** What a URL gives: downloaded only where its server does not say that it is the same as in an earlier build. */
  identify(url: string): Promise<DownloadIdentity>;
  /** The commit a repository would be fetched at; undefined where only fetching can tell. */
  commitOf(request: RepositoryRequest): Promise<string | undefined>;
  /** Names of steps whose context changes while it is read: their keys cannot be told. */
  readonly unstable?: ReadonlySet<string> | undefined;
  /** Told of steps whose key in kaniko's cache is known. */
  foretell?(step: ForeignStep): void;
}

/** What the user wants of the cache. */
export interface CacheUse {
  /** False: results of earlier builds are not taken, results are kept. */
  readonly take: boolean;
  /** Stages, by name, that take nothing. */
  readonly freshStages: readonly string[];
  readonly runLayers: boolean;
  readonly copyLayers: boolean;
}

/**
 * The keys of all steps of a plan and what the cache has under them, asked for at once. Nothing is executed, and of
 * images only configs are looked at; files of the context are read, and what ADD names is fetched. A step whose key
 * cannot be told (a source is not there) is left out, with all that follow in its stage.
 */
export async function foresee(
  plan: Plan,
  spec: BuildSpec,
  use: CacheUse,
  ports: ForesightPorts,
): Promise<Foresight> {
  const walk = new Walk(plan, spec, use, ports);
  for (const stage of plan.stages) await walk.stage(stage);
  const wanted = [...walk.steps.values()].flatMap(({ key, use: { take } }) =>
    key !== undefined && take ? [key] : [],
  );
  const records = wanted.length === 0 ? new Map<CacheKey, CacheRecord>() : await ports.lookup(wanted);
  return new Map([...walk.steps].map(([planned, step]) => [planned, withRecord(step, spec, records)]));
}

function withRecord(
  step: ForeseenStep,
  spec: BuildSpec,
  records: ReadonlyMap<CacheKey, CacheRecord>,
): ForeseenStep {
  const record = step.key === undefined || !step.use.take ? undefined : records.get(step.key);
  return record?.kind === 'step' && isTaken(record, spec) ? { ...step, record } : step;
}

/** What a step comes to by itself. */
type Found = Pick<ForeseenStep, 'parts' | 'from' | 'linked' | 'seen'>;

class Walk {
  readonly steps = new Map<PlannedInstruction, ForeseenStep>();
  readonly #plan: Plan;
  readonly #spec: BuildSpec;
  readonly #use: CacheUse;
  readonly #ports: ForesightPorts;
  readonly #digests = new FileDigests();
  readonly #states = new Map<PlannedStage, StageState>();
  readonly #kaniko = new Map<PlannedStage, KanikoKeys>();
  readonly #dockerfile: string;

  constructor(plan: Plan, spec: BuildSpec, use: CacheUse, ports: ForesightPorts) {
    this.#plan = plan;
    this.#spec = spec;
    this.#use = use;
    this.#ports = ports;
    this.#dockerfile = digestOf(plan.dockerfile.text);
  }

  async stage(stage: PlannedStage): Promise<void> {
    const parent = stage.base.kind === 'stage' ? this.#states.get(stage.base.stage) : undefined;
    const state = startStage(stage, parent, undefined);
    this.#states.set(stage, state);
    const kaniko = this.#kanikoKeys(stage);
    try {
      let count = 0;
      for (const planned of stage.instructions) {
        const instruction = expanded(planned.instruction, state, this.#plan.dockerfile);
        const found = await this.#step(instruction, planned, state);
        const tag = kaniko.add(planned, instruction, state, this.#ports.context);
        if (found === undefined) continue;
        const name = `${stage.label} ${++count} ${instruction.kind.toUpperCase()}`;
        if (this.#ports.unstable?.has(name) === true) throw new Error(`${name} reads what others write`);
        const use = this.#useOf(instruction, stage);
        const before = state.chain.key;
        this.#note(planned, { ...found, name, use, dockerfile: this.#dockerfile }, state);
        if (tag !== undefined) this.#foretell(planned, before, tag, stage);
      }
    } catch {
      // The build itself will say what is wrong, at its place.
      state.chain = { key: undefined, content: undefined };
    }
  }

  #note(planned: PlannedInstruction, step: ForeseenStep, state: StageState): void {
    const key = stepKey(state.chain.key, step, step.from === undefined ? [] : [step.from]);
    this.steps.set(planned, { ...step, key });
    state.chain = { key: chainAfter(state.chain.key, step, key), content: undefined };
  }

  #kanikoKeys(stage: PlannedStage): KanikoKeys {
    const parent = stage.base.kind === 'stage' ? this.#kaniko.get(stage.base.stage) : undefined;
    const keys = new KanikoKeys(stage, this.#plan, this.#spec.buildArgs, parent);
    this.#kaniko.set(stage, keys);
    return keys;
  }

  #foretell(
    planned: PlannedInstruction,
    parent: CacheKey | undefined,
    tag: string,
    stage: PlannedStage,
  ): void {
    const step = this.steps.get(planned);
    if (step?.key === undefined) return;
    const parts = stepParts(parent, step, step.from === undefined ? [] : [step.from]);
    this.#ports.foretell?.({ key: step.key, parts, step: step.name, stage: stage.label, tag });
  }

  #useOf({ kind }: StageInstruction, stage: PlannedStage): ForeseenStep['use'] {
    const { take, freshStages, runLayers, copyLayers } = this.#use;
    const used = kind === 'run' ? runLayers : kind === 'workdir' || copyLayers;
    const fresh = freshStages.some((name) => name.toLowerCase() === stage.label.toLowerCase());
    return { take: used && take && !fresh, keep: used };
  }

  /** What a step is made of; undefined for instructions that change no file. */
  async #step(
    instruction: StageInstruction,
    planned: PlannedInstruction,
    state: StageState,
  ): Promise<Found | undefined> {
    switch (instruction.kind) {
      case 'run':
        return this.#run(instruction, planned, state);
      case 'copy':
      case 'add':
        return this.#copy(instruction, planned, state);
      case 'workdir': {
        const parts = workdirParts(instruction, state, this.#spec);
        setWorkdir(instruction, state);
        return { parts, linked: false };
      }
      default:
        applyToConfig(instruction, state, { ...this.#plan, spec: this.#spec });
        return undefined;
    }
  }

  #run(instruction: RunInstruction, { mountSources = [] }: PlannedInstruction, state: StageState): Found {
    const sightings = new Sightings();
    const requests = mountRequests(instruction.mounts, mountSources, workdirOf(state));
    const mounts = requests.flatMap((request, index) => {
      const shown = mountedContext(request, this.#ports);
      if (shown !== undefined)
        return [mountPart(request, index, 'context'), this.#mountedPart(shown, sightings)];
      const from = 'from' in request ? request.from : undefined;
      return [mountPart(request, index, from === undefined ? undefined : this.#keyOfStage(from))];
    });
    return {
      parts: runParts(instruction, state, this.#spec, mounts),
      linked: false,
      seen: sightings.digest(),
    };
  }

  async #copy(
    instruction: CopyInstruction,
    { source }: PlannedInstruction,
    state: StageState,
  ): Promise<Found> {
    const parts = copyParts(instruction, state, this.#spec);
    const linked = instruction.link && !/[^0-9:]/.test(instruction.chown ?? '');
    if (source !== undefined && source.base.kind !== 'context')
      return { parts, from: ['source', this.#keyOfStage(source)], linked };
    const context = source?.base.kind === 'context' ? this.#named(source.base.name) : this.#ports.context;
    const sightings = new Sightings();
    for (const name of instruction.sources)
      parts.push(await this.#sourcePart(name, instruction, context, sightings));
    return { parts, linked, seen: sightings.digest() };
  }

  async #sourcePart(
    name: string,
    instruction: CopyInstruction,
    context: BuildContext,
    sightings: Sightings,
  ): Promise<KeyPart> {
    if (instruction.kind === 'add' && isHttpSource(name)) {
      if (instruction.checksum !== undefined) return checksumPart(name, instruction.checksum);
      const identity = await this.#ports.identify(name);
      noteDownload(name, identity, sightings);
      return downloadPart(name, identity);
    }
    if (instruction.kind === 'add' && isGitSource(name)) {
      const commit = await this.#commitOf(repositoryRequest(name, instruction));
      noteCommit(name, commit, sightings);
      return commitPart(name, commit);
    }
    return this.#contextPart(name, context, sightings, instruction);
  }

  #mountedPart({ source, context }: MountedContext, sightings: Sightings): KeyPart {
    return this.#contextPart(mountedSource(source, context.watched(sightings)), context, sightings);
  }

  async #commitOf(request: RepositoryRequest): Promise<string> {
    const commit = await this.#ports.commitOf(request);
    return commit ?? (await this.#ports.fetchRepository(request)).commit;
  }

  #contextPart(
    source: string,
    context: BuildContext,
    sightings: Sightings,
    { parents, excludes }: Partial<Pick<CopyInstruction, 'parents' | 'excludes'>> = {},
  ): KeyPart {
    const selection = { parents, excludes, isContext: true };
    return contentPart(source, context.watched(sightings), selection, this.#digests, sightings);
  }

  #named(name: string): BuildContext {
    const context = this.#ports.contexts?.get(name);
    if (context === undefined) throw new Error(`no context is called ${name}`);
    return context;
  }

  #keyOfStage(stage: PlannedStage): string {
    const key = this.#states.get(stage)?.chain.key;
    if (key === undefined) throw new Error(`the key of ${stage.label} is not known`);
    return key;
  }
}
