import type { BuildResult, OutputSpec } from '../../src/request/index.ts';

export const DIGEST = `sha256:${'1'.repeat(64)}` as const;
export const IMAGE_ID = `sha256:${'2'.repeat(64)}` as const;
const LAYER = `sha256:${'3'.repeat(64)}` as const;

/** A finished build of one reused and one new layer, pushed nowhere. */
export function buildResult(changes: Partial<BuildResult> = {}): BuildResult {
  return {
    digest: DIGEST,
    imageId: IMAGE_ID,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    size: 700,
    platforms: [{ os: 'linux', architecture: 'amd64' }],
    layers: [
      { digest: LAYER, size: 27_000_000, diffId: LAYER, reused: true },
      { digest: DIGEST, size: 1_500, diffId: DIGEST, createdBy: 'RUN  make\n\tinstall', reused: false },
    ],
    destinations: [],
    milliseconds: 12_340,
    warnings: [],
    ...changes,
  };
}

export function outputSpec(changes: Partial<OutputSpec> = {}): OutputSpec {
  return { tags: [], push: false, ...changes };
}
