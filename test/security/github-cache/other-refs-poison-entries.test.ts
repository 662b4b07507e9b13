import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { digestOf } from '../../../src/oci/index.ts';
import { startGithubCache, type GithubCache } from '../../support/github-cache/index.ts';
import { jobsOf, restore, save, stepOf, type Jobs } from '../../support/github-cache/github-stores.ts';

const PULL = { own: 'refs/pull/7/merge', read: ['refs/heads/main'] };
const GOOD = stepOf('run', randomBytes(2 * 1024 * 1024));
/** The same key, with a layer of the attacker's. */
const EVIL = (() => {
  const bytes = randomBytes(2 * 1024 * 1024);
  const descriptor = { ...GOOD.record.layer!.descriptor, digest: digestOf(bytes) };
  return { bytes, record: { ...GOOD.record, created: 99, layer: { descriptor, diffId: descriptor.digest } } };
})();

let fake: GithubCache;
let jobs: Jobs;
beforeEach(async () => {
  fake = await startGithubCache();
  jobs = jobsOf(fake);
});
afterEach(async () => {
  await jobs.close();
  await fake.close();
});

describe('entries of a pull request', () => {
  it('are not seen by the default branch, whether it has its own or not', async () => {
    await save(jobs.open(PULL), EVIL);
    expect(await restore(jobs.open(), GOOD)).toBeUndefined();
    await save(jobs.open(), GOOD);
    await save(jobs.open(PULL), EVIL);
    expect((await restore(jobs.open(), GOOD))?.equals(GOOD.bytes)).toBe(true);
  });

  it('are not seen by other pull requests', async () => {
    await save(jobs.open(PULL), EVIL);
    const other = { own: 'refs/pull/8/merge', read: ['refs/heads/main'] };
    expect(await restore(jobs.open(other), GOOD)).toBeUndefined();
  });

  it('under the keys of blobs of the default branch change no layer', async () => {
    await save(jobs.open(), GOOD);
    const pull = jobs.open(PULL);
    await save(pull, GOOD);
    fake.corrupt(
      ({ scope, key }) => scope === PULL.own && key.startsWith('tsk-blob-'),
      () => EVIL.bytes,
    );
    expect((await restore(jobs.open(), GOOD))?.equals(GOOD.bytes)).toBe(true);
  });
});

describe('a layer swapped for another of the same size', () => {
  it('is refused by its digest', async () => {
    await save(jobs.open(), GOOD);
    fake.corrupt(
      ({ key }) => key.startsWith('tsk-blob-'),
      () => EVIL.bytes,
    );
    await expect(restore(jobs.open(), GOOD)).rejects.toMatchObject({ code: 'CONTENT' });
  });
});
