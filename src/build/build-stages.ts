import { lchownSync, mkdirSync } from 'node:fs';
import { fromText, toFs } from '../bytes/index.ts';
import { needsOf, type Plan } from '../plan/index.ts';
import type { BuildSpec, CacheOutcome } from '../request/index.ts';
import { createScratchCopies, type StageRoot } from '../snapshot/index.ts';
import { ContextChange } from './cache/context-change.ts';
import { foresightOf, type PlacedSteps } from './cache/foresight.ts';
import { layerListings, type KeptListings } from './cache/layer-listings.ts';
import { StepCache } from './cache/step-cache.ts';
import { Committer } from './commit.ts';
import { contextRoot } from './context-root.ts';
import { executeStage } from './execute-stage.ts';
import { CacheStore } from './instructions/mounts/cache-store.ts';
import { ContextTrees } from './instructions/mounts/context-trees.ts';
import { openMountArchives } from './instructions/mounts/mount-archives.ts';
import type { BuildKit } from './kit.ts';
import { LayerTrees } from './layer-trees.ts';
import type { BuildPorts } from './ports.ts';
import { runStages } from './run-stages.ts';
import { overlayMounter, residenceOf, StageRoots, type RootSettings } from './stage-roots.ts';
import type { StageState } from './stage-state.ts';
import type { StageTree } from './stage-tree.ts';

/** Builds the stages of a plan that its targets need; the target's state when all is done. Nothing goes on after that. */
export async function buildStages(
  plan: Plan,
  spec: BuildSpec,
  ports: BuildPorts,
  settings: RootSettings,
  foreseen: PlacedSteps,
): Promise<{ readonly state: StageState; readonly outcomes: readonly CacheOutcome[] }> {
  const stop = new AbortController();
  const signal = AbortSignal.any([ports.signal, stop.signal]);
  const all = { ...ports, signal };
  // With the build's own signal: what RUN left behind is kept also where a stage failed.
  const archives = openMountArchives(spec, ports, settings);
  const shared = { ...kitOf(plan, spec, all, settings), mountArchives: archives };
  const foresight = foresightOf(plan, foreseen);
  const needs = needsOf(plan, (planned) => foresight.get(planned)?.record !== undefined);
  const trees = new LayerTrees(
    { ...all, listings: shared.listings },
    (name) => `${settings.scratch}/${name}`,
  );
  const residence = residenceOf(settings);
  const contexts = (name: string): StageRoot => contextRoot(name, ports.contexts, shared.freshDirectory);
  const roots = new StageRoots(needs, trees, settings, contexts, residence);
  const outcomes: CacheOutcome[] = [];
  const working: Promise<unknown>[] = [];
  const change = new ContextChange(ports);
  const cached = ports.cache && {
    cache: ports.cache,
    now: () => ports.now(),
    outcomes,
    change,
    spec,
    onWork: (work: Promise<unknown>): void => void working.push(work),
  };
  try {
    const state = await runStages(
      { ...plan, stages: needs.stages },
      (stage, finished) => {
        const steps = cached && new StepCache(foresight, { ...cached, finished });
        const place = {
          tree: (parent?: StageTree) => roots.tree(stage, parent),
          fromStart: needs.fromStart.has(stage),
        };
        return executeStage(stage, place, { ...shared, steps, finished });
      },
      () => stop.abort(),
    );
    await Promise.all(working);
    change.refuseIf(outcomes.some(({ hit }) => hit));
    return { state, outcomes };
  } finally {
    await shared.committer.settled();
    await Promise.all(working);
    await residence.close();
    await shared.listings.flush();
    await archives?.keep();
  }
}

function kitOf(
  plan: Plan,
  spec: BuildSpec,
  ports: BuildPorts,
  settings: RootSettings,
): Omit<BuildKit, 'finished' | 'steps' | 'mountArchives'> & { readonly listings: KeptListings } {
  let directories = 0;
  const freshDirectory = (kind: string): string => {
    const path = `${settings.scratch}/${kind}${directories++}`;
    mkdirSync(path, { mode: 0o700 });
    return path;
  };
  const mounter = settings.snapshotter === 'overlay' ? overlayMounter(settings) : undefined;
  const listings = layerListings(ports.cache, ports.store, ports.now);
  return {
    listings,
    spec,
    dockerfile: plan.dockerfile,
    globals: plan.globals,
    ports,
    committer: new Committer(ports.store, spec, listings, ports.signal),
    time: () => (spec.sourceDateEpoch === undefined ? ports.now() : spec.sourceDateEpoch * 1000),
    freshDirectory,
    giveTo: (path, { uid, gid }) => {
      if (settings.ownership === 'disk') lchownSync(toFs(path), uid, gid);
    },
    contextTrees: new ContextTrees(ports.context, freshDirectory),
    caches: new CacheStore(settings.cacheMounts ?? `${settings.scratch}/caches`),
    scratchCopies: createScratchCopies(fromText(settings.scratch), mounter),
  };
}
