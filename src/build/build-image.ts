import { lchownSync, mkdirSync } from 'node:fs';
import { fromText, toFs } from '../bytes/index.ts';
import type { ImageConfig } from '../oci/index.ts';
import { checkDefaultBases, checkPlan, planBuild, type Plan } from '../plan/index.ts';
import type { BuildSpec, ResultLayer } from '../request/index.ts';
import { createScratchCopies } from '../snapshot/index.ts';
import { BaseTrees } from './base-trees.ts';
import { ignoredSources } from './checks/context-rules.ts';
import { readAndParse } from './checks/read-checked.ts';
import { refuseWarnings, reportWarnings } from './checks/report-warnings.ts';
import { contextRoot } from './context-root.ts';
import { Committer } from './commit.ts';
import { withEpoch } from './epoch.ts';
import { executeStage } from './execute-stage.ts';
import { finalConfig } from './final-config.ts';
import { CacheStore } from './instructions/mounts/cache-store.ts';
import { ContextTrees } from './instructions/mounts/context-trees.ts';
import type { BuildKit } from './kit.ts';
import type { BuildPorts } from './ports.ts';
import { runStages } from './run-stages.ts';
import { overlayMounter, StageRoots, type RootSettings } from './stage-roots.ts';
import type { StageState } from './stage-state.ts';
import type { ImageLayer } from '../image/index.ts';

/** An image that was built: its layers are in the store, nothing is exported yet. */
export interface BuiltImage {
  readonly config: ImageConfig;
  readonly layers: readonly (ImageLayer & Pick<ResultLayer, 'createdBy' | 'reused'>)[];
  readonly warnings: readonly string[];
}

/**
 * Builds the image a spec describes. Throws BuildError with the place in the Dockerfile where there is one; when it
 * returns or throws, no process and no mount of it is left.
 */
export async function buildImage(
  spec: BuildSpec,
  ports: BuildPorts,
  settings: RootSettings,
): Promise<BuiltImage> {
  const dockerfile = readAndParse(spec);
  const early = [...dockerfile.warnings, ...checkDefaultBases(dockerfile, spec)];
  const warnings = reportWarnings(early, dockerfile, ports.reporter);
  const plan = await planBuild(dockerfile, spec, ports.images);
  const checked = checkPlan(plan, { spec, isIgnored: ignoredSources(ports.context) });
  warnings.push(...reportWarnings(checked.warnings, dockerfile, ports.reporter));
  refuseWarnings([...early, ...checked.warnings], dockerfile);
  const timed = withEpoch(spec, plan.globals);
  const state = await buildStages(plan, timed, ports, settings);
  return { ...(await assemble(state, timed, ports)), warnings };
}

async function buildStages(
  plan: Plan,
  spec: BuildSpec,
  ports: BuildPorts,
  settings: RootSettings,
): Promise<StageState> {
  const stop = new AbortController();
  const signal = AbortSignal.any([ports.signal, stop.signal]);
  const all = { ...ports, signal };
  const shared = kitOf(plan, spec, all, settings);
  const trees = new BaseTrees(all, (name) => `${settings.scratch}/${name}`);
  const roots = new StageRoots(plan, trees, settings, (name) =>
    contextRoot(name, ports.contexts, shared.freshDirectory),
  );
  try {
    return await runStages(
      plan,
      (stage, finished) =>
        executeStage(stage, (parent) => roots.open(stage, parent), { ...shared, finished }),
      () => stop.abort(),
    );
  } finally {
    await shared.committer.settled();
  }
}

function kitOf(
  plan: Plan,
  spec: BuildSpec,
  ports: BuildPorts,
  settings: RootSettings,
): Omit<BuildKit, 'finished'> {
  let directories = 0;
  const freshDirectory = (kind: string): string => {
    const path = `${settings.scratch}/${kind}${directories++}`;
    mkdirSync(path, { mode: 0o700 });
    return path;
  };
  const mounter = settings.snapshotter === 'overlay' ? overlayMounter(settings) : undefined;
  return {
    spec,
    dockerfile: plan.dockerfile,
    globals: plan.globals,
    ports,
    committer: new Committer(ports.store, spec, ports.signal),
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

async function assemble(
  state: StageState,
  spec: BuildSpec,
  ports: BuildPorts,
): Promise<Omit<BuiltImage, 'warnings'>> {
  const layers = await Promise.all(
    state.layers.map(async ({ layer, createdBy, reused }) => ({ ...(await layer), createdBy, reused })),
  );
  const diffIds = layers.map(({ diffId }) => diffId);
  const fixed = spec.sourceDateEpoch ?? (spec.reproducible ? 0 : undefined);
  const created = fixed === undefined ? ports.now() : fixed * 1000;
  const rowTime = spec.reproducible ? new Date(created).toISOString().replace('.000Z', 'Z') : undefined;
  return { config: finalConfig(state, diffIds, spec.labels, created, rowTime), layers };
}
