import { expect, it } from 'vitest';
import { earlierImage, knowing } from '../../../src/builder/earlier-image.ts';
import { BuildError } from '../../../src/errors/index.ts';
import { digestOf, mediaTypes } from '../../../src/oci/index.ts';
import type { Repository } from '../../../src/registry/index.ts';

const { signal } = new AbortController();
const blob = (name: string) => ({
  mediaType: mediaTypes.OCI_LAYER_GZIP,
  digest: digestOf(name),
  size: name.length,
});

/** A repository that has this under its tag, or answers so. */
function repositoryWith(answer: unknown, asked: string[] = []): Repository {
  const getManifest = () => {
    if (answer instanceof Error) return Promise.reject(answer);
    const bytes = Buffer.from(JSON.stringify(answer));
    const { mediaType } = answer as { mediaType: string };
    return Promise.resolve({ descriptor: { mediaType, digest: digestOf(bytes), size: bytes.length }, bytes });
  };
  const has = ({ digest }: { digest: string }) => Promise.resolve(asked.push(digest) < 0);
  return { getManifest, has } as unknown as Repository;
}

it('knows the blobs of the image under a tag, and asks for others only', async () => {
  const config = { ...blob('config'), mediaType: mediaTypes.OCI_CONFIG };
  const manifest = { schemaVersion: 2, mediaType: mediaTypes.OCI_MANIFEST, config, layers: [blob('a')] };
  const asked: string[] = [];
  const repository = repositoryWith(manifest, asked);
  const earlier = await earlierImage(repository, '1', signal);
  if (earlier === undefined) throw new Error('an image was to be');
  expect(earlier.digest).toBe(digestOf(JSON.stringify(manifest)));
  const known = knowing(repository, earlier);
  expect(await Promise.all([config, blob('a'), blob('b')].map((one) => known.has(one)))).toEqual([
    true,
    true,
    false,
  ]);
  expect(asked).toEqual([blob('b').digest]);
});

it('knows nothing of what an index names', async () => {
  const index = { schemaVersion: 2, mediaType: mediaTypes.OCI_INDEX, manifests: [blob('a')] };
  expect((await earlierImage(repositoryWith(index), '1', signal))?.blobs.size).toBe(0);
});

it('tells a tag that is not there from one that cannot be read', async () => {
  const missing = repositoryWith(new BuildError('REGISTRY_NOT_FOUND', 'no such tag'));
  expect(await earlierImage(missing, '1', signal)).toEqual({ digest: undefined, blobs: new Set() });
  const closed = repositoryWith(new BuildError('REGISTRY_AUTH', 'not for you'));
  expect(await earlierImage(closed, '1', signal)).toBeUndefined();
  const damaged = repositoryWith({ mediaType: mediaTypes.OCI_MANIFEST });
  expect(await earlierImage(damaged, '1', signal)).toBeUndefined();
});
