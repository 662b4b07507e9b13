import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startGithubCache, type GithubCache } from '../../support/github-cache/index.ts';
import {
  jobsOf,
  restore,
  save,
  stepOf,
  storeOf,
  type Jobs,
} from '../../support/github-cache/github-stores.ts';

const FEATURE = { own: 'refs/heads/feature', read: ['refs/heads/main'] };
const OTHER = { own: 'refs/heads/other', read: ['refs/heads/main'] };
const MIB = 1024 * 1024;
const { signal } = new AbortController();

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

const blobEntries = () => fake.entries.filter(({ key }) => !key.startsWith('tsk-index-'));

describe('what a job saves', () => {
  it.each([1, 1000, 8 * MIB - 1, 8 * MIB, 8 * MIB + 1, 40 * MIB + 7])(
    'comes back on another machine: a layer of %i bytes',
    async (size) => {
      const step = stepOf('run', randomBytes(size));
      expect(await save(jobs.open(), step)).toEqual({ saved: 1, bytes: size, faults: [] });
      const cache = jobs.open();
      expect((await restore(cache, step))?.equals(step.bytes)).toBe(true);
      expect(cache.stats().bytesRead).toBe(size);
    },
  );

  it('is found by those who may read it, and by nobody else', async () => {
    const [main, feature] = [stepOf('main', randomBytes(10)), stepOf('feature', randomBytes(10))];
    await save(jobs.open(), main);
    await save(jobs.open(FEATURE), feature);
    const found = async (refs?: typeof FEATURE) =>
      Promise.all([main, feature].map(async (step) => (await restore(jobs.open(refs), step)) !== undefined));
    expect(await found()).toEqual([true, false]);
    expect(await found(FEATURE)).toEqual([true, true]);
    expect(await found(OTHER)).toEqual([true, false]);
  });

  it('is kept apart by scope, whatever characters the scope has', async () => {
    const step = stepOf('run', randomBytes(10));
    const scopes = ['app', 'app-2', 'a,b', 'ü'.repeat(300), '#', ''];
    for (const scope of scopes) {
      expect(await restore(jobs.open(undefined, { scope }), step)).toBeUndefined();
      expect((await save(jobs.open(undefined, { scope }), step)).saved).toBe(1);
    }
    for (const scope of scopes) expect(await restore(jobs.open(undefined, { scope }), step)).toBeDefined();
  });

  it('is the latest of a step, for explaining misses', async () => {
    await save(jobs.open(), stepOf('run', randomBytes(10), 1));
    expect((await jobs.open().latest('run', signal))?.created).toBe(1);
    expect(await jobs.open().latest('other', signal)).toBeUndefined();
  });
});

describe('entries', () => {
  it('are few: small layers lie together', async () => {
    const steps = Array.from({ length: 150 }, (_, i) => stepOf(`s${i}`, randomBytes(5000)));
    const big = stepOf('big', randomBytes(2 * MIB));
    await save(jobs.open(), ...steps, big);
    expect(blobEntries()).toHaveLength(2);
    const cache = jobs.open();
    for (const step of [...steps, big]) expect((await restore(cache, step))?.equals(step.bytes)).toBe(true);
  });

  it('are not written twice for one layer, be it in two steps, two scopes or two branches', async () => {
    const bytes = randomBytes(2 * MIB);
    await save(jobs.open(), stepOf('a', bytes));
    await save(jobs.open(), stepOf('b', bytes));
    await save(jobs.open(undefined, { scope: 'other' }), stepOf('a', bytes));
    const cache = jobs.open(FEATURE);
    expect((await save(cache, stepOf('c', bytes))).bytes).toBe(0);
    expect(blobEntries()).toHaveLength(1);
    expect(await restore(jobs.open(FEATURE), stepOf('c', bytes))).toBeDefined();
  });

  it('that were evicted are a miss, and are written again', async () => {
    const step = stepOf('run', randomBytes(2 * MIB));
    await save(jobs.open(), step);
    fake.evict(({ key }) => key.startsWith('tsk-blob-'));
    const cache = jobs.open();
    expect(await cache.has(step.record.layer!.descriptor)).toBe(false);
    expect((await save(cache, step)).bytes).toBe(2 * MIB);
    expect(await restore(jobs.open(), step)).toBeDefined();
  });

  it('whose upload never ended do not stand in the way for ever', async () => {
    const step = stepOf('run', randomBytes(2 * MIB));
    fake.faults.inject('finalize', { kind: 'status', status: 400 });
    expect((await save(jobs.open(), step)).saved).toBe(0);
    expect((await save(jobs.open(), step)).saved).toBe(1);
    expect(await restore(jobs.open(), step)).toBeDefined();
  });
});

describe('an index', () => {
  it('loses no record to jobs that save at the same time', async () => {
    const steps = Array.from({ length: 8 }, (_, i) => stepOf(`s${i}`, randomBytes(1000)));
    const outcomes = await Promise.all(steps.map((step) => save(jobs.open(), step)));
    expect(outcomes.map(({ saved }) => saved)).toEqual(steps.map(() => 1));
    const cache = jobs.open();
    for (const step of steps) expect((await restore(cache, step))?.equals(step.bytes)).toBe(true);
  });

  it('is written beyond a version that a job reserved and never wrote', async () => {
    const [first, second] = [stepOf('a', randomBytes(10)), stepOf('b', randomBytes(10))];
    await save(jobs.open(), first);
    fake.faults.inject('put-blob', { kind: 'status', status: 400 }, { skip: 1 });
    expect((await save(jobs.open(), stepOf('c', randomBytes(10)))).saved).toBe(0);
    expect((await save(jobs.open(), second)).saved).toBe(1);
    const cache = jobs.open();
    expect(await restore(cache, first)).toBeDefined();
    expect(await restore(cache, second)).toBeDefined();
  });

  it('keeps the latest records of a step, and forgets where blobs of others lie', async () => {
    const cache = jobs.open();
    for (let i = 0; i < 20; i++) {
      const step = stepOf(`run`, randomBytes(10), i);
      const other = stepOf(`run ${i}`, randomBytes(10));
      await save(cache, {
        ...step,
        record: { ...step.record, ...{ key: other.record.key, parts: other.record.parts } },
      });
    }
    const found = await Promise.all(
      Array.from({ length: 20 }, async (_, i) => {
        const { key } = stepOf(`run ${i}`, Buffer.alloc(1)).record;
        return (await jobs.open().lookup([key], signal)).size;
      }),
    );
    expect(found).toEqual([0, 0, 0, 0, ...Array.from({ length: 16 }, () => 1)]);
  });
});

describe('what a job may do', () => {
  it('is nothing more than to read with a token for reading', async () => {
    const step = stepOf('run', randomBytes(10));
    await save(jobs.open(), step);
    const fork = jobs.open({ read: ['refs/heads/main'] });
    expect(await restore(fork, step)).toBeDefined();
    const { faults, saved } = await save(
      fork,
      stepOf('a', randomBytes(2 * MIB)),
      stepOf('b', randomBytes(2 * MIB)),
    );
    expect([saved, faults]).toEqual([0, ['cache write denied: the token may only read']]);
    expect(fake.calls.filter(({ step: kind }) => kind === 'create').length).toBeLessThanOrEqual(2 + 2);
  });

  it('is what ACTIONS_CACHE_MODE says', async () => {
    const outcome = await save(jobs.open(undefined, { access: 'read' }), stepOf('run', randomBytes(10)));
    expect(outcome).toEqual({ saved: 0, bytes: 0, faults: [] });
    expect(fake.entries).toEqual([]);
  });

  it('ends with its build', async () => {
    const cache = jobs.open();
    const stop = new AbortController();
    const step = stepOf('run', randomBytes(2 * MIB));
    fake.faults.inject('put-blob', {
      kind: 'wait',
      until: new Promise((resolve) => setTimeout(resolve, 200)),
    });
    const saving = cache.save([step.record], await storeOf(step), stop.signal);
    setTimeout(() => stop.abort(), 50);
    await expect(saving).rejects.toThrow();
  });
});

describe('a cache that is looked through', () => {
  it('shows what its job may read, reads blobs back, and loses what is dropped for its own ref', async () => {
    const [one, two] = [stepOf('one', randomBytes(100)), stepOf('two', randomBytes(100))];
    await save(jobs.open(), one, two);
    const { keeper } = jobs.open();
    const { records } = await keeper.contents(signal);
    expect(records.map(({ record }) => record)).toEqual(expect.arrayContaining([one.record, two.record]));
    const blob = one.record.layer?.descriptor ?? { digest: 'sha256:', size: 0 };
    let bytes = 0;
    for await (const chunk of keeper.open(blob, signal)) bytes += chunk.length;
    expect(bytes).toBe(100);
    await keeper.drop({ keys: [one.record.key], unreadable: [], blobs: [] }, signal);
    expect((await keeper.contents(signal)).records.map(({ record }) => record)).toEqual([two.record]);
    expect(await restore(jobs.open(), one)).toBeUndefined();
    expect((await restore(jobs.open(), two))?.equals(two.bytes)).toBe(true);
  });
});
