import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { openDirectoryContext, type BuildContext } from '../../src/context/index.ts';
import { BuildError } from '../../src/errors/index.ts';
import { parsePlatform, type ImageConfig } from '../../src/oci/index.ts';
import type { BaseImage, BaseImages } from '../../src/plan/index.ts';
import type { BuildSpec } from '../../src/request/index.ts';
import { buildSpec } from '../support/build-spec.ts';

const Options = z.strictObject({
  target: z.string().optional(),
  otherTargets: z.array(z.string()).optional(),
  buildArgs: z.record(z.string(), z.string()).optional(),
  platform: z.string().optional(),
  /** The configs of base images by name; others are empty images that are always there. */
  images: z.record(z.string(), z.record(z.string(), z.unknown())).optional(),
  /** Names that no registry has. */
  missing: z.array(z.string()).optional(),
});

/** A case's directory as a build, and the images it may ask for. */
export interface GoldenBuild {
  readonly spec: BuildSpec;
  readonly images: BaseImages;
  readonly context: BuildContext;
}

/** The build that a case's Dockerfile, `.dockerignore` and options.json describe; the machine is linux/amd64. */
export function goldenBuild(group: string, name: string): GoldenBuild {
  const directory = join(import.meta.dirname, group, name);
  const file = join(directory, 'options.json');
  const options = Options.parse(existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {});
  const { images = {}, missing = [], platform, ...changes } = options;
  const spec = buildSpec(directory, {
    target: changes.target,
    otherTargets: changes.otherTargets,
    buildArgs: changes.buildArgs ?? {},
    ...(platform !== undefined && { platform: parsePlatform(platform) }),
  });
  return {
    spec,
    images: imagesOf(images, missing),
    context: openDirectoryContext(directory, { dockerfilePath: spec.dockerfile }),
  };
}

function imagesOf(
  configs: Readonly<Record<string, Partial<ImageConfig>>>,
  missing: readonly string[],
): BaseImages {
  return {
    resolveLayout: (context) => Promise.reject(new BuildError('IMAGE', `no layout is called ${context}`)),
    resolve: (name, { os, architecture }): Promise<BaseImage> => {
      if (missing.includes(name))
        return Promise.reject(new BuildError('REGISTRY_NOT_FOUND', `${name} was not found`));
      const config = { os, architecture, ...configs[name] };
      return Promise.resolve({ name, config, layers: [LAYER] });
    },
  };
}

/** An image with a file system; nobody looks into it here. */
const LAYER: BaseImage['layers'][number] = {
  descriptor: {
    mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
    digest: `sha256:${'1'.repeat(64)}`,
    size: 1,
  },
  diffId: `sha256:${'2'.repeat(64)}`,
};
