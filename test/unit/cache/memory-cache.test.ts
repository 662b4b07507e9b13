import { describe, expect, it } from 'vitest';
import { keyOf, keyPart, memoryCache, type StepRecord } from '../../../src/cache/index.ts';
import { memoryStore, readBlob } from '../../../src/content/index.ts';
import { mediaTypes } from '../../../src/oci/index.ts';

const { signal } = new AbortController();

describe('the cache in memory', () => {
  it('keeps a record with its blob, and none whose blob cannot be had', async () => {
    const blobs = memoryStore();
    const ingest = blobs.begin();
    ingest.write(Buffer.from('layer'));
    const { digest, size } = await ingest.commit();
    const descriptor = { mediaType: mediaTypes.OCI_LAYER_GZIP, digest, size };
    const parts = [keyPart('a')];
    const good: StepRecord = {
      kind: 'step',
      key: keyOf(parts),
      parts,
      created: 1,
      step: 's',
      time: 1,
      cost: 1,
      layer: { descriptor, diffId: digest },
    };
    const gone = { ...descriptor, digest: `sha256:${'0'.repeat(64)}` as const };
    const bad = {
      ...good,
      parts: [keyPart('b')],
      key: keyOf([keyPart('b')]),
      layer: { descriptor: gone, diffId: digest },
    };
    const cache = memoryCache();
    expect(await cache.save([bad, good], blobs, signal)).toMatchObject({ saved: 1, bytes: 5 });
    expect([...(await cache.lookup([good.key, bad.key], signal)).values()]).toEqual([good]);
    expect(await readBlob(cache, descriptor, 100)).toEqual(Buffer.from('layer'));
  });
});
