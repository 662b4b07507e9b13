import type { BuiltImage } from '../build/index.ts';
import { formatPlatform } from '../oci/index.ts';
import type { Reporter } from '../report/index.ts';
import type { BuiltPlatform } from './formed-images.ts';
import type { GatheredRequest } from './job.ts';

/** Builds the image of one platform: the how-manieth of the build. */
export type BuildOne = (request: GatheredRequest, number: number, reporter: Reporter) => Promise<BuiltImage>;

/**
 * Builds the image of each platform, one after the other: each in a building process of its own, which fills the machine.
 * Throws what the first that fails throws.
 */
export async function buildPlatforms(
  request: GatheredRequest,
  reporter: Reporter,
  buildOne: BuildOne,
): Promise<readonly [BuiltPlatform, ...BuiltPlatform[]]> {
  const [first, ...more] = request.platforms ?? [request.spec.platform];
  const build = async (platform: BuiltPlatform['platform'], number: number): Promise<BuiltPlatform> => {
    const own = { ...request, spec: { ...request.spec, platform } };
    const told = more.length === 0 ? reporter : named(reporter, formatPlatform(platform));
    return { platform, image: await buildOne(own, number, told) };
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
