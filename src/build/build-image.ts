import { mkdirSync } from 'node:fs';
import { readDockerfile } from '../context/index.ts';
import { parseDockerfile, locationOf, type Dockerfile } from '../dockerfile/index.ts';
import { BuildError } from '../errors/index.ts';
import { fromText } from '../bytes/index.ts';
import type { ImageConfig } from '../oci/index.ts';
import { planBuild, type Plan } from '../plan/index.ts';
import type { BuildSpec, ResultLayer } from '../request/index.ts';
import { createScratchCopies } from '../snapshot/index.ts';
import { BaseTrees } from './base-trees.ts';
import { Committer } from './commit.ts';
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
  const warnings = reportWarnings(dockerfile, ports);
  const plan = await planBuild(dockerfile, spec, ports.images);
  const state = await buildStages(plan, spec, ports, settings);
  return { ...(await assemble(state, spec, ports)), warnings };
}

function readAndParse(spec: BuildSpec): Dockerfile {
  const text = readDockerfile(spec.dockerfile, spec.context.path);
  return parseDockerfile(text, { file: nameFor(spec) });
}

/** Relative to the context where it lies in it: what people and annotations call it. */
function nameFor({ dockerfile, context }: BuildSpec): string {
  return dockerfile.startsWith(`${context.path}/`) ? dockerfile.slice(context.path.length + 1) : dockerfile;
}

function reportWarnings(dockerfile: Dockerfile, { reporter }: BuildPorts): string[] {
  const texts = dockerfile.warnings.map(({ rule, message, range }) => {
    const text = `${rule}: ${message}`;
    reporter.warn(text, locationOf(dockerfile, range));
    return text;
  });
  const [first] = dockerfile.warnings;
  if (dockerfile.check?.error === true && first !== undefined) {
    throw new BuildError(
      'DOCKERFILE_SEMANTICS',
      'lint violation found, and # check=error=true makes it fatal',
      {
        location: locationOf(dockerfile, first.range),
        hint: `mend it, or leave it out with # check=skip=${first.rule}`,
      },
    );
  }
  return texts;
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
  const roots = new StageRoots(plan, new BaseTrees(all, (name) => `${settings.scratch}/${name}`), settings);
  const shared = kitOf(plan, spec, all, settings);
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
