import type { ImageLayer } from '../image/index.ts';
import type { ImageConfig } from '../oci/index.ts';
import { checkDefaultBases, checkPlan, planBuild, type Plan } from '../plan/index.ts';
import type { BuildSpec, CacheOutcome, ResultLayer } from '../request/index.ts';
import { buildStages } from './build-stages.ts';
import type { PlacedSteps } from './cache/foresight.ts';
import { ignoredSources } from './checks/context-rules.ts';
import { readAndParse } from './checks/read-checked.ts';
import { refuseWarnings, reportWarnings } from './checks/report-warnings.ts';
import { withEpoch } from './epoch.ts';
import { finalConfig } from './final-config.ts';
import { rowTime } from './history.ts';
import type { BuildPorts } from './ports.ts';
import type { RootSettings } from './stage-roots.ts';
import type { StageState } from './stage-state.ts';

/** An image that was built: its layers are in the store, nothing is exported yet. */
export interface BuiltImage {
  readonly config: ImageConfig;
  readonly layers: readonly (ImageLayer & Pick<ResultLayer, 'createdBy' | 'reused'>)[];
  readonly warnings: readonly string[];
  /** What the cache had, step by step; empty where the build is without one. */
  readonly outcomes: readonly CacheOutcome[];
}

/**
 * Builds the image a spec describes. Throws BuildError with the place in the Dockerfile where there is one; when it
 * returns or throws, no process and no mount of it is left. `foreseen` is what is known of its steps out of the cache.
 */
export async function buildImage(
  spec: BuildSpec,
  ports: BuildPorts,
  settings: RootSettings,
  foreseen: PlacedSteps = [],
): Promise<BuiltImage> {
  const { plan, spec: timed, warnings } = await prepareBuild(spec, ports);
  const { state, outcomes } = await buildStages(plan, timed, ports, settings, foreseen);
  return { ...(await assemble(state, timed, ports)), warnings, outcomes };
}

/** A build whose Dockerfile is read, checked and planned. */
export interface PreparedBuild {
  readonly plan: Plan;
  /** With the time of SOURCE_DATE_EPOCH, where the file sets one. */
  readonly spec: BuildSpec;
  readonly warnings: readonly string[];
}

/** Everything that is done before the first step. Throws what is wrong with the Dockerfile or its base images. */
export async function prepareBuild(
  spec: BuildSpec,
  ports: Pick<BuildPorts, 'images' | 'context' | 'reporter'>,
): Promise<PreparedBuild> {
  const dockerfile = readAndParse(spec);
  const early = [...dockerfile.warnings, ...checkDefaultBases(dockerfile, spec)];
  const warnings = reportWarnings(early, dockerfile, ports.reporter);
  const plan = await planBuild(dockerfile, spec, ports.images);
  const checked = checkPlan(plan, { spec, isIgnored: ignoredSources(ports.context) });
  warnings.push(...reportWarnings(checked.warnings, dockerfile, ports.reporter));
  refuseWarnings([...early, ...checked.warnings], dockerfile);
  return { plan, spec: withEpoch(spec, plan.globals), warnings };
}

async function assemble(
  state: StageState,
  spec: BuildSpec,
  ports: BuildPorts,
): Promise<Omit<BuiltImage, 'warnings' | 'outcomes'>> {
  const layers = await Promise.all(
    state.layers.map(async ({ layer, createdBy, reused }) => ({ ...(await layer), createdBy, reused })),
  );
  const diffIds = layers.map(({ diffId }) => diffId);
  const fixed = spec.sourceDateEpoch ?? (spec.reproducible ? 0 : undefined);
  const created = fixed === undefined ? timeOf(state, ports) : fixed * 1000;
  const all = spec.reproducible ? rowTime(created) : undefined;
  return { config: finalConfig(state, diffIds, spec.labels, created, all), layers };
}

/** That of the last step: an image that is built again out of the cache is the same. */
function timeOf({ history, inheritedRows }: StageState, ports: BuildPorts): number {
  const last = history.slice(inheritedRows).findLast(({ created }) => created !== undefined);
  return last?.created === undefined ? ports.now() : Date.parse(last.created);
}
