import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CacheOptions } from '../../../src/request/index.ts';
import { openSite, type BuildSite, type SiteBuild } from '../../support/build-site.ts';
import { runtimeToken, startGithubCache, type GithubCache } from '../../support/github-cache/index.ts';

const GHA = { type: 'gha', scope: 'app', attributes: {} } as const;
const CACHE: CacheOptions = {
  sources: [GHA],
  targets: [{ location: GHA, mode: 'max' }],
  take: true,
  freshStages: [],
  runLayers: true,
  copyLayers: true,
};
const MAIN = runtimeToken({ own: 'refs/heads/main' });

const DOCKERFILE = `FROM base AS build
RUN mkdir /made && dd if=/dev/urandom of=/made/large bs=1M count=2 2>/dev/null
COPY source /source
RUN cat /source /made/large | wc -c >/made/sum
FROM base
COPY --from=build /made /made
COPY late /late
`;
const FILES = { source: 'one', late: 'late' };

describe('builds with the cache of GitHub', () => {
  let site: BuildSite;
  let fake: GithubCache;
  let warnings: string[];
  beforeAll(async () => {
    site = await openSite();
  });
  afterAll(() => site.close());
  beforeEach(async () => {
    fake = await startGithubCache();
    warnings = [];
  });
  afterEach(async () => {
    expect(site.leftovers()).toEqual([]);
    await fake.close();
  });

  const built = (files: Record<string, string> = FILES, more: SiteBuild = {}, dockerfile = DOCKERFILE) =>
    site.built(dockerfile, {
      files,
      cache: CACHE,
      env: { ACTIONS_RESULTS_URL: fake.url, ACTIONS_RUNTIME_TOKEN: MAIN, ...more.env },
      reporter: { warn: (message) => void warnings.push(message) },
      ...more,
    });
  const since = (from: number) => fake.calls.slice(from);
  const bytes = (from: number) =>
    since(from)
      .filter(({ server }) => server === 'storage')
      .reduce((sum, { sent }) => sum + sent, 0);

  it('nothing changed, on an empty machine: the same image, no layer fetched, nothing run', async () => {
    const cold = await built();
    const [calls, requests] = [fake.calls.length, site.registry.requests.length];
    const began = performance.now();
    const warm = await built();
    const milliseconds = Math.round(performance.now() - began);
    expect(warm.result.digest).toBe(cold.result.digest);
    // What is pushed to the new repository comes from the cache, where the registry cannot take it over.
    const unread = since(calls).filter(({ step }) => step === 'find').length;
    const fetched = site.registry.requests.slice(requests).filter(({ step }) => step === 'blob-get');
    console.log(
      `no change: ${milliseconds} ms, cache: ${since(calls).length} requests (${unread} look-ups), ${bytes(calls)} bytes read; ` +
        `registry: ${site.registry.requests.length - requests} requests, ${fetched.length} blobs read`,
    );
    expect(warnings).toEqual([]);
    expect(warm.result.cache?.steps.every(({ hit }) => hit)).toBe(true);
    expect(since(calls).filter(({ step }) => step === 'create')).toEqual([]);
  });

  it('nothing changed and nothing to push: no layer is fetched at all', async () => {
    const cold = await built();
    const layers = new Set(
      fake.entries.filter(({ key }) => !key.startsWith('tsk-index')).map(({ path }) => path),
    );
    const [calls, requests] = [fake.calls.length, site.registry.requests.length];
    const warm = await site.build(DOCKERFILE, {
      files: FILES,
      cache: CACHE,
      outputs: { push: false, tags: [] },
      env: { ACTIONS_RESULTS_URL: fake.url, ACTIONS_RUNTIME_TOKEN: MAIN },
    });
    expect(warm.digest).toBe(cold.result.digest);
    const read = since(calls).filter(({ path, step }) => step === 'get-blob' && layers.has(path));
    expect(read).toEqual([]);
    const blobs = site.registry.requests.slice(requests).filter(({ step }) => step === 'blob-get');
    console.log(
      `no change, no push: ${since(calls).length} requests, ${bytes(calls)} bytes read, ${blobs.length} small documents of the base`,
    );
  });

  it('a file of the last COPY changed: what is made is that layer', async () => {
    await built();
    const calls = fake.calls.length;
    const steps: string[] = [];
    const { read } = await built(
      { ...FILES, late: 'later' },
      { reporter: { stepFinished: ({ text }, { state }) => void steps.push(`${state} ${text}`) } },
    );
    expect(read('/late')).toBe('later');
    expect(steps.filter((step) => step.startsWith('done RUN'))).toEqual([]);
    console.log(`late COPY changed: ${since(calls).length} requests, ${bytes(calls)} bytes read`);
  });

  it('a feature branch begins with what the default branch has, and keeps its own', async () => {
    const main = await built();
    const token = runtimeToken({ own: 'refs/heads/feature', read: ['refs/heads/main'] });
    const env = { ACTIONS_RESULTS_URL: fake.url, ACTIONS_RUNTIME_TOKEN: token };
    expect((await built(FILES, { env })).result.digest).toBe(main.result.digest);
    const branch = await built({ ...FILES, source: 'two' }, { env });
    expect((await built({ ...FILES, source: 'two' }, { env })).result.digest).toBe(branch.result.digest);
    expect(new Set(fake.entries.map(({ scope }) => scope))).toEqual(
      new Set(['refs/heads/main', 'refs/heads/feature']),
    );
  });

  it('a token that may only read: the image is built, and one warning says that nothing is kept', async () => {
    const main = await built();
    const entries = fake.entries.length;
    const env = {
      ACTIONS_RESULTS_URL: fake.url,
      ACTIONS_RUNTIME_TOKEN: runtimeToken({ read: ['refs/heads/main'] }),
    };
    expect((await built(FILES, { env })).result.digest).toBe(main.result.digest);
    expect(warnings).toEqual([]);
    await built({ ...FILES, source: 'two' }, { env });
    expect(warnings).toEqual([expect.stringContaining('cache write denied')]);
    expect(fake.entries.length).toBe(entries);
  });

  it('RUN and the building process see nothing of the token', async () => {
    const dockerfile =
      'FROM base\nRUN (env; cat /proc/*/environ /proc/*/cmdline; mount) >/seen 2>/dev/null; true\n';
    const { read, image } = await built({}, {}, dockerfile);
    for (const text of [read('/seen') ?? '', JSON.stringify(image.config)])
      for (const secret of [MAIN, 'canary', 'ACTIONS_RUNTIME', fake.url]) expect(text).not.toContain(secret);
    for (const entry of fake.entries) expect(fake.content(entry)?.includes('canary')).toBe(false);
  });

  it('what a failed build got done is kept', async () => {
    const failing = 'FROM base\nRUN head -c 8 /dev/urandom >/random\nRUN test -e /fixed\n';
    await expect(built({}, {}, failing)).rejects.toMatchObject({ code: 'RUN_FAILED' });
    expect(fake.entries.length).toBeGreaterThan(1);
    const steps: string[] = [];
    const reporter = {
      stepFinished: ({ text }: { text: string }, { state }: { state: string }) =>
        void steps.push(`${state} ${text}`),
    };
    await built({}, { reporter }, failing.replace('test -e /fixed', 'true'));
    expect(steps).toContain('cached RUN head -c 8 /dev/urandom >/random');
  });

  // Every step with every fault is in faults.test.ts; here one of each kind goes through a whole build.
  it.each([
    ['no more entries', 'create', { kind: 'status', status: 429 }],
    ['a service out of order', 'find', { kind: 'status', status: 500 }],
    ['forbidden reads', 'get-blob', { kind: 'status', status: 403 }],
    ['uploads that fail', 'put-blob', { kind: 'status', status: 500 }],
    ['cut answers', 'get-blob', { kind: 'cut', after: 10 }],
    ['other bytes', 'get-blob', { kind: 'body', change: (body: Buffer) => Buffer.alloc(body.length) }],
    ['too few bytes', 'get-blob', { kind: 'body', change: (body: Buffer) => body.subarray(1) }],
    ['a huge index', 'get-blob', { kind: 'body', change: () => Buffer.alloc(33 * 1024 * 1024) }],
  ] as const)('%s, again and again: the right image', async (_, step, fault) => {
    await built(FILES, {}, 'FROM base\nCOPY source /source\nRUN wc -c /source >/count\n');
    fake.faults.inject(step, fault, { times: 1000 });
    const { read } = await built(
      { ...FILES, source: 'twice' },
      {},
      'FROM base\nCOPY source /source\nRUN wc -c /source >/count\n',
    );
    expect(read('/source')).toBe('twice');
    expect(read('/count')).toBe('5 /source\n');
    for (const warning of warnings) expect(warning).not.toMatch(/canary|sig=[^*]/);
  });

  it('eight builds at the same time: all right, nothing lost', async () => {
    const builds = Array.from({ length: 8 }, (_, i) => ({ source: `${i}`, late: 'late' }));
    const dockerfile = 'FROM base\nRUN echo shared >/shared\nCOPY source /source\n';
    const first = await Promise.all(builds.map((files) => built(files, {}, dockerfile)));
    const calls = fake.calls.length;
    for (const [index, files] of builds.entries())
      expect((await built(files, {}, dockerfile)).read('/source')).toBe(first[index]?.read('/source'));
    expect(since(calls).filter(({ step }) => step === 'create')).toEqual([]);
    expect(warnings).toEqual([]);
  });

  it('a directory of RUN --mount=type=cache is there on the next machine', async () => {
    const dockerfile = `FROM base
COPY source /source
RUN --mount=type=cache,target=/cache,id=tools date +%N >>/cache/runs; chown 1000:1000 /cache/runs; wc -l </cache/runs >/count; stat -c %u /cache/runs >>/count
`;
    const counts: string[] = [];
    for (const source of ['one', 'two', 'three'])
      counts.push((await built({ source }, {}, dockerfile)).read('/count') ?? '');
    expect(counts).toEqual(['1\n1000\n', '2\n1000\n', '3\n1000\n']);
    const { layers } = await built({ source: 'three' }, {}, dockerfile);
    expect(JSON.stringify(layers)).not.toContain('runs');
  });
});
