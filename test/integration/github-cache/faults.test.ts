import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Fault } from '../../support/registry/index.ts';
import { startGithubCache, type FakeStep, type GithubCache } from '../../support/github-cache/index.ts';
import {
  impatient,
  jobsOf,
  restore,
  save,
  stepOf,
  type Jobs,
} from '../../support/github-cache/github-stores.ts';

const MIB = 1024 * 1024;
const STEP = stepOf('run', randomBytes(9 * MIB));

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

const status = (code: number): [string, Fault] => [`status ${code}`, { kind: 'status', status: code }];
const cut: [string, Fault] = ['a broken connection', { kind: 'cut', after: 1 }];
const junk: [string, Fault] = [
  'an answer that makes no sense',
  { kind: 'body', change: () => Buffer.from('<html>') },
];
const huge = (bytes: number): [string, Fault] => [
  'a huge answer',
  { kind: 'body', change: () => Buffer.alloc(bytes, ' ') },
];

describe('passing faults change nothing', () => {
  const rows = (['create', 'finalize', 'find', 'put-block', 'put-block-list', 'get-blob'] as const).flatMap(
    (step) =>
      [status(500), status(502), status(503), status(429), ...(step === 'get-blob' ? [cut] : [])].map(
        ([name, fault]) => [step, name, fault] as const,
      ),
  );
  it.each(rows)('%s: %s', async (step, _, fault) => {
    fake.faults.inject(step, fault, { times: 1 });
    expect(await save(jobs.open(), STEP)).toEqual({ saved: 1, bytes: STEP.bytes.length, faults: [] });
    fake.faults.inject(step, fault, { times: 1 });
    expect((await restore(jobs.open(), STEP))?.equals(STEP.bytes)).toBe(true);
  });
});

describe('lasting faults are told and end nothing else', () => {
  const writing: readonly (readonly [FakeStep, string, Fault])[] = (
    ['create', 'finalize', 'put-block', 'put-block-list'] as const
  ).flatMap((step) =>
    [status(400), status(403), status(404), status(429), status(500), cut, junk, huge(MIB)].map(
      ([name, fault]) => [step, name, fault] as const,
    ),
  );
  // Blob storage answers uploads with a status alone, and entries that cannot be found are entries that are not there.
  const told = writing.filter(
    ([step, name]) => !(step.startsWith('put-') && [junk[0], huge(0)[0], cut[0]].includes(name)),
  );
  it.each(told)('while saving: %s: %s', async (step, _, fault) => {
    fake.faults.inject(step, fault, { times: 1000 });
    const { saved, faults } = await save(jobs.open(), STEP);
    expect(saved).toBe(0);
    expect(faults.length).toBeGreaterThan(0);
    expect(faults.join()).not.toMatch(/canary|sig=[^*]/);
    fake.faults.clear();
    expect(await restore(jobs.open(), STEP)).toBeUndefined();
  });

  const reading = (['find', 'get-blob'] as const).flatMap((step) =>
    [status(403), status(429), status(500), cut, huge(40 * MIB)].map(
      ([name, fault]) => [step, name, fault] as const,
    ),
  );
  it.each(reading)('while reading: %s: %s', async (step, _, fault) => {
    await save(jobs.open(), STEP);
    fake.faults.inject(step, fault, { times: 1000 });
    const error: unknown = await restore(jobs.open(), STEP).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: expect.stringMatching(/^(NETWORK|CONTENT)$/) as string });
    expect((error as Error).message).not.toMatch(/canary|sig=[^*]/);
  });

  it('a rate limit with a long wait stops all writing at once', async () => {
    const steps = Array.from({ length: 6 }, (_, i) => stepOf(`s${i}`, randomBytes(2 * MIB)));
    const headers = { 'retry-after': '3600' };
    fake.faults.inject('create', { kind: 'status', status: 429, headers }, { times: 1000 });
    const { saved, faults } = await save(jobs.open(), ...steps);
    expect([saved, faults]).toEqual([0, ['the cache service takes no more entries, for 3600 s']]);
    expect(fake.calls.filter(({ step }) => step === 'create').length).toBeLessThanOrEqual(2);
  });

  it('more layers than the limit of entries: what went through is not sent again', async () => {
    await fake.close();
    fake = await startGithubCache({ entriesAMinute: 5 });
    jobs = jobsOf(fake);
    const steps = Array.from({ length: 7 }, (_, i) => stepOf(`s${i}`, randomBytes(MIB)));
    const { saved, faults } = await save(jobs.open(), ...steps);
    expect([saved, faults.length]).toEqual([0, 1]);
    fake.pass(61_000);
    const again = await save(jobs.open(), ...steps);
    expect([again.saved, again.bytes]).toEqual([7, 2 * MIB]);
  });
});

describe('damage is never used', () => {
  const flip = (bytes: Buffer): Buffer => {
    const copy = Buffer.from(bytes);
    copy[copy.length >> 1] = (copy[copy.length >> 1] ?? 0) ^ 1;
    return copy;
  };
  const damages: readonly (readonly [string, (bytes: Buffer) => Buffer | undefined])[] = [
    ['a flipped bit', flip],
    ['a byte less', (bytes) => bytes.subarray(0, -1)],
    ['nothing', () => Buffer.alloc(0)],
    ['other bytes', (bytes) => randomBytes(bytes.length)],
    ['no blob', () => undefined],
  ];
  it.each(damages)('%s in place of a layer', async (_, change) => {
    await save(jobs.open(), STEP);
    fake.corrupt(({ key }) => key.startsWith('tsk-blob-'), change);
    const cache = jobs.open();
    await expect(restore(cache, STEP)).rejects.toMatchObject({
      code: expect.stringMatching(/^(NETWORK|CONTENT)$/) as string,
    });
    // What was found damaged is written anew.
    expect((await save(cache, STEP)).bytes).toBe(STEP.bytes.length);
    expect((await restore(jobs.open(), STEP))?.equals(STEP.bytes)).toBe(true);
  });

  it.each(damages.slice(0, 4))('%s in place of an index', async (_, change) => {
    await save(jobs.open(), STEP);
    fake.corrupt(({ key }) => key.startsWith('tsk-index-'), change);
    expect(await restore(jobs.open(), STEP)).toBeUndefined();
    expect((await save(jobs.open(), STEP)).saved).toBe(1);
    expect((await restore(jobs.open(), STEP))?.equals(STEP.bytes)).toBe(true);
  });
});

describe('addresses', () => {
  it('that expired are asked for again', async () => {
    await save(jobs.open(), STEP);
    const cache = jobs.open();
    expect(await cache.has(STEP.record.layer!.descriptor)).toBe(true);
    fake.pass(700_000);
    expect((await restore(cache, STEP))?.equals(STEP.bytes)).toBe(true);
  });

  it.each(['ftp://example.com/x', 'http://u:p@127.0.0.1/x', 'file:///etc/passwd', ''])(
    'are used for nothing when they are %s',
    async (address) => {
      await save(jobs.open(), STEP);
      const body = JSON.stringify({ ok: true, signed_download_url: address, matched_key: 'tsk-index-1-x' });
      fake.faults.inject('find', { kind: 'status', status: 200, body }, { times: 100 });
      await restore(jobs.open(), STEP).then(
        (bytes) => expect(bytes).toBeUndefined(),
        (error: unknown) => expect(error).toMatchObject({ code: 'NETWORK' }),
      );
    },
  );
});

describe('a service that does not answer', () => {
  it('costs a bounded time, and is given up for all that follows', async () => {
    await jobs.close();
    const waiting = impatient();
    jobs = jobsOf({ url: 'http://127.0.0.1:1/' }, waiting);
    const cache = jobs.open();
    const began = waiting.now();
    for (let i = 0; i < 50; i++) {
      await restore(cache, STEP).catch(() => undefined);
      await save(cache, STEP);
    }
    expect(waiting.now() - began).toBeLessThan(30_000);
  });
});
