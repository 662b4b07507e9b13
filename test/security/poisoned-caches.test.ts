import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keyOf, keyPart, localCache, recordSeal, type StepRecord } from '../../src/cache/index.ts';
import { memoryStore, readBlob } from '../../src/content/index.ts';
import { mediaTypes, type Descriptor } from '../../src/oci/index.ts';

let directory: string;
beforeEach(() => void (directory = mkdtempSync(join(tmpdir(), 'poisoned-'))));
afterEach(() => rmSync(directory, { recursive: true }));

const { signal } = new AbortController();
const blobs = memoryStore();

async function step(name: string): Promise<StepRecord> {
  const ingest = blobs.begin();
  ingest.write(Buffer.from(`layer of ${name}`));
  const { digest, size } = await ingest.commit();
  const descriptor: Descriptor = { mediaType: mediaTypes.OCI_LAYER_GZIP, digest, size };
  const parts = [keyPart('instruction', name)];
  const layer = { descriptor, diffId: digest };
  return { kind: 'step', key: keyOf(parts), parts, created: 1, step: name, time: 1, cost: 1, layer };
}

/** What a build would make of a record: the record itself, with its bytes; undefined for a miss. */
async function taken({ key, layer }: StepRecord): Promise<string | undefined> {
  const cache = localCache(directory, recordSeal());
  const record = (await cache.lookup([key], signal)).get(key);
  if (record?.kind !== 'step' || layer === undefined) return undefined;
  expect(record.key).toBe(key);
  try {
    return (await readBlob(cache, record.layer?.descriptor as Descriptor, 100)).toString();
  } catch {
    return undefined;
  }
}

const files = (folder: string): string[] =>
  readdirSync(join(directory, folder)).map((name) => join(directory, folder, name));

describe('a directory somebody else writes to', () => {
  let [one, two]: StepRecord[] = [];
  beforeEach(async () => {
    [one, two] = [await step('one'), await step('two')];
    await localCache(directory, recordSeal()).save([one, two], blobs, signal);
  });
  const first = (): StepRecord => one as StepRecord;
  const second = (): StepRecord => two as StepRecord;

  it.each(['ts-kaniko/records', 'blobs/sha256'])('any byte of %s changed: a miss', async (folder) => {
    for (const path of files(folder)) {
      const good = readFileSync(path);
      for (let at = 0; at < good.length; at++) {
        const bad = Buffer.from(good);
        bad[at] = (bad[at] ?? 0) ^ 1;
        writeFileSync(path, bad);
        for (const record of [first(), second()])
          expect([undefined, `layer of ${record.step}`]).toContain(await taken(record));
      }
      for (const length of [0, 1, good.length - 1]) {
        writeFileSync(path, good.subarray(0, length));
        for (const record of [first(), second()])
          expect([undefined, `layer of ${record.step}`]).toContain(await taken(record));
      }
      writeFileSync(path, good);
    }
    expect(await taken(first())).toBe('layer of one');
  });

  it('records swapped: misses', async () => {
    const [a = '', b = ''] = files('ts-kaniko/records');
    const [textA, textB] = [readFileSync(a), readFileSync(b)];
    writeFileSync(a, textB);
    writeFileSync(b, textA);
    expect(await taken(first())).toBeUndefined();
    expect(await taken(second())).toBeUndefined();
  });

  it('blobs swapped: misses', async () => {
    const [a = '', b = ''] = files('blobs/sha256');
    const [bytesA, bytesB] = [readFileSync(a), readFileSync(b)];
    writeFileSync(a, bytesB);
    writeFileSync(b, bytesA);
    expect(await taken(first())).toBeUndefined();
    expect(await taken(second())).toBeUndefined();
  });

  it('a record in place of a directory, a directory in place of a record: misses', async () => {
    const [a = ''] = files('ts-kaniko/records');
    rmSync(a);
    mkdirSync(a);
    await localCache(directory, recordSeal())
      .lookup([first().key, second().key], signal)
      .catch(() => undefined);
    rmSync(a, { recursive: true });
    expect([undefined, 'layer of one']).toContain(await taken(first()));
  });

  it('a fifo, a device or a link in place of a record: misses, without waiting', async () => {
    const [a = '', b = ''] = files('ts-kaniko/records');
    const text = readFileSync(a);
    writeFileSync(join(directory, 'elsewhere'), text);
    for (const make of [
      () => execFileSync('mkfifo', [a]),
      () => symlinkSync('/dev/zero', a),
      () => symlinkSync(join(directory, 'elsewhere'), a),
      () => symlinkSync(b, a),
    ]) {
      rmSync(a);
      make();
      const [one, two] = [await taken(first()), await taken(second())];
      expect([one, two].filter((found) => found === undefined)).toHaveLength(1);
    }
  });

  it('a file of 64 MiB in place of a record: a miss', async () => {
    for (const path of files('ts-kaniko/records')) truncateSync(path, 64 * 1024 * 1024);
    expect(await taken(first())).toBeUndefined();
  });

  it.each(['blobs', 'blobs/sha256', 'ts-kaniko', 'ts-kaniko/records', 'ts-kaniko/steps'])(
    'a link in place of %s: nothing is written or removed where it leads',
    async (folder) => {
      const victim = mkdtempSync(join(tmpdir(), 'victim-'));
      try {
        for (const name of ['', 'sha256', 'records', 'steps']) {
          mkdirSync(join(victim, name), { recursive: true });
          writeFileSync(join(victim, name, 'precious'), 'x'.repeat(1000));
        }
        const before = readdirSync(victim, { recursive: true }).sort();
        rmSync(join(directory, folder), { recursive: true });
        symlinkSync(victim, join(directory, folder));
        const cache = localCache(directory, recordSeal(), { maxBytes: 1 });
        const outcome = await cache.save([first(), await step('three')], blobs, signal);
        expect(outcome).toMatchObject({ saved: 0 });
        expect(outcome.faults.join()).toMatch(/symbolic link or no directory/);
        await cache.keeper?.drop(
          { keys: [first().key], unreadable: ['precious'], blobs: [`sha256:${'0'.repeat(64)}`] },
          signal,
        );
        expect(readdirSync(victim, { recursive: true }).sort()).toEqual(before);
        expect([undefined, 'layer of one']).toContain(await taken(first()));
      } finally {
        rmSync(victim, { recursive: true });
      }
    },
  );

  it('an unsigned record where a signing key is asked for: a miss', async () => {
    const cache = localCache(directory, recordSeal('key'));
    expect(await cache.lookup([first().key], signal)).toEqual(new Map());
  });
});
