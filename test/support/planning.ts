import { parseDockerfile } from '../../src/dockerfile/index.ts';
import { BuildError } from '../../src/errors/index.ts';
import { formatPlatform, type ImageConfig, type Platform } from '../../src/oci/index.ts';
import { planBuild, type BaseImage, type BaseImages, type Plan } from '../../src/plan/index.ts';
import type { BuildSpec } from '../../src/request/index.ts';
import { buildSpec } from './build-spec.ts';

/** Images by name; what is asked for is noted as `name platform`. */
export interface FakeImages extends BaseImages {
  readonly asked: string[];
}

/** Images without layers that have these configs. Others are not found. */
export function fakeImages(configs: Readonly<Record<string, Partial<ImageConfig>>>): FakeImages {
  const asked: string[] = [];
  const resolve = (name: string, platform: Platform): Promise<BaseImage> => {
    asked.push(`${name} ${formatPlatform(platform)}`);
    const config = configs[name];
    if (config === undefined)
      return Promise.reject(new BuildError('REGISTRY_NOT_FOUND', `${name} was not found`));
    return Promise.resolve({
      name: `docker.io/library/${name}@sha256:${'0'.repeat(64)}`,
      config: { architecture: 'amd64', os: 'linux', ...config },
      layers: [],
    });
  };
  return { asked, resolve, resolveLayout: (context, platform) => resolve(`layout ${context}`, platform) };
}

/** The plan of a Dockerfile; a `base` image is always there. */
export function planOf(
  text: string,
  changes: Partial<BuildSpec> = {},
  images: BaseImages = fakeImages({ base: {} }),
): Promise<Plan> {
  return planBuild(parseDockerfile(text, { file: 'Dockerfile' }), buildSpec('/context', changes), images);
}

/** What a promise rejects with, as a BuildError. Throws where it does not reject or with anything else. */
export async function failure(work: Promise<unknown>): Promise<BuildError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof BuildError) return error;
  throw new Error(`no BuildError: ${String(error)}`);
}
