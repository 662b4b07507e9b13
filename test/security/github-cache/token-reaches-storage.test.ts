import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runtimeToken, startGithubCache, type GithubCache } from '../../support/github-cache/index.ts';
import { jobsOf, restore, save, stepOf, type Jobs } from '../../support/github-cache/github-stores.ts';

const TOKEN = runtimeToken({ own: 'refs/heads/main' });
const STEP = stepOf('run', randomBytes(9 * 1024 * 1024));

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

const sentTo = (server: 'service' | 'storage') =>
  fake.calls.filter((call) => call.server === server).map(({ headers }) => JSON.stringify(headers));

describe('the token of the cache service', () => {
  it('goes to the service and never to the blob storage it names', async () => {
    await save(jobs.open(), STEP);
    expect(await restore(jobs.open(), STEP)).toBeDefined();
    expect(sentTo('storage').length).toBeGreaterThan(4);
    for (const headers of sentTo('storage')) expect(headers).not.toMatch(/authorization|Bearer|canary/i);
    for (const headers of sentTo('service')) expect(headers).toContain(TOKEN);
  });

  it('does not follow a redirect of the service to another host', async () => {
    const thief = await startGithubCache();
    const headers = { location: `${thief.url}twirp/x` };
    fake.faults.inject('find', { kind: 'status', status: 307, headers }, { times: 10 });
    await restore(jobs.open(), STEP).catch(() => undefined);
    for (const { headers: got } of thief.calls) expect(JSON.stringify(got)).not.toMatch(/canary/);
    await thief.close();
  });

  it('is in no message', async () => {
    for (const step of ['create', 'find', 'finalize', 'put-block', 'get-blob'] as const) {
      fake.faults.inject(step, { kind: 'status', status: 400, body: `{"msg":"Bearer ${TOKEN}"}` });
      const { faults } = await save(jobs.open(), STEP);
      const failed = await restore(jobs.open(), STEP).then(String, String);
      expect(`${faults.join()} ${failed}`).not.toContain(TOKEN);
    }
  });

  it('blob storage does not lead anywhere by a redirect', async () => {
    await save(jobs.open(), STEP);
    const thief = await startGithubCache();
    fake.faults.inject(
      'get-blob',
      { kind: 'status', status: 302, headers: { location: thief.url } },
      { times: 10 },
    );
    await expect(restore(jobs.open(), STEP)).rejects.toMatchObject({ code: 'NETWORK' });
    expect(thief.calls).toEqual([]);
    await thief.close();
  });
});
