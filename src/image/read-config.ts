import { parseJson, shaped } from './document.ts';
import { CONFIG_LIMIT_BYTES } from './limits.ts';
import { readBlob, type BlobSource } from '../content/index.ts';
import { BuildError } from '../errors/index.ts';
import { ImageConfig, mediaTypes, type ImageManifest } from '../oci/index.ts';

/** octet-stream and the empty type stand in manifests pushed by the first Docker versions that had schema 2. */
const CONFIG_TYPES: ReadonlySet<string> = new Set([
  mediaTypes.OCI_CONFIG,
  mediaTypes.DOCKER_CONFIG,
  'application/octet-stream',
  '',
]);

export interface ReadConfig {
  readonly config: ImageConfig;
  readonly configBytes: Buffer;
}

/** The config a manifest names, verified. Throws IMAGE where it is no image's config, CONTENT where it does not match. */
export async function readConfig(
  source: BlobSource,
  manifest: ImageManifest,
  signal?: AbortSignal,
): Promise<ReadConfig> {
  const { mediaType, size, digest } = manifest.config;
  if (!CONFIG_TYPES.has(mediaType)) {
    throw new BuildError(
      'IMAGE',
      `this is an artifact of type ${JSON.stringify(mediaType.slice(0, 200))}, not a container image`,
    );
  }
  if (size > CONFIG_LIMIT_BYTES) {
    throw new BuildError(
      'IMAGE',
      `the image config ${digest} has ${size} bytes; at most ${CONFIG_LIMIT_BYTES} are read`,
    );
  }
  const configBytes = await readBlob(source, manifest.config, CONFIG_LIMIT_BYTES, signal);
  return { config: parseConfig(configBytes), configBytes };
}

/** A config's bytes as a config; throws IMAGE. */
export function parseConfig(bytes: Uint8Array): ImageConfig {
  return shaped(ImageConfig, parseJson(bytes, 'the image config'), 'image config');
}
