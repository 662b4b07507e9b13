import { createHash } from 'node:crypto';
import { lstatSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { memoryStore } from '../../src/content/index.ts';
import { assembleImage } from '../../src/image/index.ts';
import { digestOf, mediaTypes, platformOfMachine } from '../../src/oci/index.ts';
import { publishImage } from './publish-image.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The key of a step, as kaniko's composite cache makes it out of what it was given, in order. */
export function compositeKey(...given: readonly string[]): string {
  return sha256(given.join('-'));
}

/** What kaniko adds for a regular file with permissions 0644. */
export function hashOf644(path: string): string {
  const { uid, gid } = lstatSync(path);
  const owner = `${uid.toString(36)},${gid.toString(36)}`;
  return sha256(createHash('md5').update(`-rw-r--r--${owner}`).update(readFileSync(path)).digest('hex'));
}

export interface KanikoEntry {
  readonly key: string;
  /** The layer, a tar. */
  readonly tar: Buffer;
  readonly created?: Date;
  /** Claimed in place of the layer's own. */
  readonly diffId?: `sha256:${string}`;
}

/** Pushes an entry as kaniko does: an image with one layer and little else. */
export async function pushEntry(
  repository: string,
  { key, tar, created = new Date(), diffId = digestOf(tar) }: KanikoEntry,
): Promise<void> {
  const blobs = memoryStore();
  const ingest = blobs.begin();
  ingest.write(gzipSync(tar));
  const { digest, size } = await ingest.commit();
  const history = [{ author: 'kaniko', created_by: 'RUN …', created: '0001-01-01T00:00:00Z' }];
  const image = assembleImage({
    config: { ...platformOfMachine(process.arch), created: created.toISOString(), config: {}, history },
    layers: [{ descriptor: { mediaType: mediaTypes.DOCKER_LAYER_GZIP, digest, size }, diffId }],
    format: 'docker',
  });
  await publishImage(image, blobs, `${repository}:${key}`);
}
