import { formatPlatform } from '../oci/index.ts';
import type { Reporter } from '../report/index.ts';
import type { Environment } from '../request/index.ts';
import type { BuiltPlatform } from './formed-images.ts';
import { buildInside, type BuiltInside, type InnerProcess } from './inner-process.ts';
import { jobOf, type GatheredRequest, type JobSite } from './job.ts';

export interface Following {
  readonly signal: AbortSignal;
  /** Told of every building process that has made its image and still tidies up. */
  onBuilt(inside: BuiltInside): void;
}

/**
 * Builds the image of each platform, one after the other: each in a building process of its own, which fills the machine.
 * Throws what the first that fails throws.
 */
export async function buildPlatforms(
  request: GatheredRequest,
  site: JobSite,
  inner: InnerProcess,
  env: Environment,
  { signal, onBuilt }: Following,
): Promise<readonly [BuiltPlatform, ...BuiltPlatform[]]> {
  const [first, ...more] = request.platforms ?? [request.spec.platform];
  const build = async (platform: BuiltPlatform['platform'], number: number): Promise<BuiltPlatform> => {
    const job = jobOf({ ...request, spec: { ...request.spec, platform } }, site, env, number);
    const reporter = more.length === 0 ? inner.reporter : named(inner.reporter, formatPlatform(platform));
    const inside = await buildInside(job, { ...inner, reporter }, signal);
    onBuilt(inside);
    return { platform, image: inside.image };
  };
  const built: [BuiltPlatform, ...BuiltPlatform[]] = [await build(first ?? request.spec.platform, 0)];
  for (const [number, platform] of more.entries()) built.push(await build(platform, number + 1));
  return built;
}

/** Steps that say what platform they are of. */
function named(reporter: Reporter, platform: string): Reporter {
  const of = <Step extends { readonly stage: string }>(step: Step): Step => ({
    ...step,
    stage: `${platform} ${step.stage}`,
  });
  return {
    ...reporter,
    stepStarted: (step) => reporter.stepStarted(of(step)),
    stepOutput: (step, stream, text) => reporter.stepOutput(of(step), stream, text),
    stepFinished: (step, outcome) => reporter.stepFinished(of(step), outcome),
  };
}
