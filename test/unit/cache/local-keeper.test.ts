import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keyOf, keyPart, localCache, recordSeal, type StepRecord } from '../../../src/cache/index.ts';
import { localKeeper } from '../../../src/cache/local-keeper.ts';
import { memoryStore } from '../../../src/content/index.ts';
import { digestHex, mediaTypes } from '../../../src/oci/index.ts';

let directory: string;
beforeEach(() => void (directory = mkdtempSync(join(tmpdir(), 'keeper-'))));
afterEach(() => rmSync(directory, { recursive: true }));

const { signal } = new AbortController();

async function saved(name: string, key?: string): Promise<StepRecord> {
  const blobs = memoryStore();
  const ingest = blobs.begin();
  ingest.write(Buffer.from(`layer of ${name}`));
  const { digest, size } = await ingest.commit();
  const parts = [keyPart('instruction', name)];
  const layer = { descriptor: { mediaType: mediaTypes.OCI_LAYER_GZIP, digest, size }, diffId: digest };
  const record = {
    kind: 'step',
    key: keyOf(parts),
    parts,
    created: 1,
    step: name,
    time: 1,
    cost: 1,
  } as const;
  await localCache(directory, recordSeal(key)).save([{ ...record, layer }], blobs, signal);
  return { ...record, layer };
}
const keeper = (key?: string) => localKeeper(directory, recordSeal(key));
const recordFile = ({ key }: StepRecord): string => join(directory, 'ts-kaniko/records', key);
const blobFile = ({ layer }: StepRecord): string =>
  join(directory, 'blobs/sha256', digestHex(layer?.descriptor.digest ?? 'sha256:'));

describe('a directory that is looked through', () => {
  it('tells its records and when they were used, and does not count as use', async () => {
    const [one, two] = [await saved('one'), await saved('two')];
    utimesSync(recordFile(one), 5, 5);
    utimesSync(blobFile(one), 5, 5);
    const { records, unreadable, loose } = await keeper().contents(signal);
    expect(records.map(({ record }) => record)).toEqual(expect.arrayContaining([one, two]));
    expect(records.find(({ record }) => record.key === one.key)?.used).toBe(5000);
    expect([unreadable, loose]).toEqual([[], []]);
    if (one.layer !== undefined)
      for await (const chunk of keeper().open(one.layer.descriptor, signal)) expect(chunk.length).toBe(12);
    expect([statSync(recordFile(one)).mtimeMs, statSync(blobFile(one)).mtimeMs]).toEqual([5000, 5000]);
  });

  it('is not made by looking', async () => {
    const missing = join(directory, 'none');
    const { records } = await localKeeper(missing, recordSeal()).contents(signal);
    expect([records, readdirSync(directory)]).toEqual([[], []]);
  });

  it('knows what is damaged from what others signed, and whose blobs are whose', async () => {
    const [damaged, foreign] = [await saved('damaged'), await saved('foreign', 'their key')];
    const { unreadable: ofOthers } = await keeper('our key').contents(signal);
    expect(ofOthers.map(({ reason }) => reason)).toEqual(['foreign', 'foreign']);
    writeFileSync(recordFile(damaged), 'sha256:nothing');
    const { records, unreadable, loose } = await keeper().contents(signal);
    expect(records).toEqual([]);
    expect(unreadable).toEqual(
      expect.arrayContaining([
        { name: damaged.key, reason: 'damaged' },
        { name: foreign.key, reason: 'foreign' },
      ]),
    );
    // The blob of the signed record is named, although the record cannot be opened.
    expect(loose.map(({ digest }) => digest)).toEqual([damaged.layer?.descriptor.digest]);
  });

  it('takes a record of another name for damaged', async () => {
    const [one, two] = [await saved('one'), await saved('two')];
    writeFileSync(recordFile(one), readFileSync(recordFile(two)));
    expect((await keeper().contents(signal)).unreadable).toEqual([{ name: one.key, reason: 'damaged' }]);
  });

  it('loses what is dropped and nothing else, also no file outside of it', async () => {
    const [one, two] = [await saved('one'), await saved('two')];
    const outside = join(directory, 'outside');
    writeFileSync(outside, '');
    const digest = one.layer?.descriptor.digest ?? 'sha256:';
    await keeper().drop({ keys: [one.key], unreadable: ['../../outside'], blobs: [digest] }, signal);
    const { records, loose } = await keeper().contents(signal);
    expect(records.map(({ record }) => record)).toEqual([two]);
    expect([loose, statSync(outside).size]).toEqual([[], 0]);
    expect(readdirSync(join(directory, 'blobs/sha256'))).toHaveLength(1);
    expect(readdirSync(join(directory, 'ts-kaniko/steps'))).toHaveLength(1);
  });
});
