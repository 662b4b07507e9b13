import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CacheOptions } from '../../src/request/index.ts';
import { cacheAt } from '../support/cache-options.ts';
import { openSite, type BuildSite } from '../support/build-site.ts';

let site: BuildSite;
beforeAll(async () => void (site = await openSite()));
afterAll(() => site.close());

let count = 0;
/** A fresh directory as the one cache. */
function localCache(changes: Partial<CacheOptions> = {}): CacheOptions {
  const directory = join(site.directory, `cache${count++}`);
  mkdirSync(directory);
  return cacheAt({ type: 'local', directory }, changes);
}

const FILE = [
  'FROM base AS made',
  'WORKDIR /work',
  'COPY a.txt .',
  'RUN cat a.txt > made && date +%N >> made',
  'FROM base',
  'ENV MODE=1',
  'COPY --from=made /work/made /out/made',
  'RUN echo "$MODE" > /out/mode && date +%N >> /out/mode',
  'COPY b.txt /out/',
  'LABEL last=1',
].join('\n');
const FILES = { 'a.txt': 'a\n', 'b.txt': 'b\n' };

describe('a build out of a directory', () => {
  it('is the same image, and starts no isolation', async () => {
    const cache = localCache();
    const said: string[] = [];
    const reporter = { info: (text: string) => void said.push(text) };
    const first = await site.build(FILE, { files: FILES, cache, reporter });
    expect(said.some((text) => text.startsWith('isolation:'))).toBe(true);
    said.length = 0;
    const second = await site.build(FILE, { files: FILES, cache, reporter });
    expect(second.digest).toBe(first.digest);
    expect(said.some((text) => text.startsWith('isolation:'))).toBe(false);
    expect(second.cache?.steps.map(({ hit }) => hit)).toEqual(second.cache?.steps.map(() => true));
  });

  it('makes anew what changed and nothing else, and the stages it does not need not at all', async () => {
    const cache = localCache();
    await site.build(FILE, { files: FILES, cache });
    const changed = await site.build(FILE, { files: { ...FILES, 'b.txt': 'c\n' }, cache });
    expect(changed.cache?.steps.filter(({ hit }) => !hit).map(({ name }) => name)).toEqual([
      'stage-1 3 COPY',
    ]);
    const other = await site.build(FILE.replace('MODE=1', 'MODE=2'), { files: FILES, cache });
    expect(other.cache?.steps.filter(({ hit }) => !hit).map(({ name }) => name)).toEqual([
      'stage-1 2 RUN',
      'stage-1 3 COPY',
    ]);
  });

  it('takes what comes after a copy from a stage that was made anew with the same result', async () => {
    const cache = localCache();
    const file = (note: string): string =>
      [
        'FROM base AS made',
        `RUN echo same > /made; : ${note}`,
        'FROM base',
        'COPY --from=made /made /made',
        'RUN date +%N > /when',
      ].join('\n');
    const first = await site.build(file('one'), { cache });
    const second = await site.build(file('two'), { cache });
    expect(second.digest).toBe(first.digest);
    expect(second.cache?.steps.filter(({ hit }) => !hit).map(({ name }) => name)).toEqual(['made 1 RUN']);
  });

  it('is built all the same where the directory lost its blobs', async () => {
    const cache = localCache();
    const first = await site.build('FROM base\nRUN echo 1 > /one\nRUN echo 2 > /two', { cache });
    const [location] = cache.sources;
    if (location?.type !== 'local') throw new Error('a local cache was to be');
    rmSync(join(location.directory, 'blobs'), { recursive: true });
    const second = await site.build('FROM base\nRUN echo 1 > /one\nRUN echo 2 > /two', { cache });
    expect(second.layers.length).toBe(first.layers.length);
  });
});

describe('a context that changes while it is built', () => {
  /** Builds, and writes another text into a.txt when a step of this kind starts. */
  async function disturbed(file: string, kind: string, cache: CacheOptions) {
    let [path, isFirst] = ['', true];
    const warned: string[] = [];
    const built = await site.built(file, {
      files: FILES,
      cache,
      prepare: (context) => void (path = join(context, 'a.txt')),
      reporter: {
        warn: (text) => void warned.push(text),
        stepStarted: ({ text }) => {
          if (text.startsWith(kind) && isFirst) writeFileSync(path, 'changed\n');
          if (text.startsWith(kind)) isFirst = false;
        },
      },
    });
    return { ...built, warned };
  }

  it.each([
    ['COPY a.txt /a\nRUN cat /a > /b', 'RUN sleep'],
    ['RUN --mount=type=bind,target=/c sleep 1; cat /c/a.txt > /b', 'RUN --mount'],
  ])('leaves no wrong result of %s', async (steps, kind) => {
    const cache = localCache();
    const file = `FROM base\nRUN sleep 1\n${steps}`;
    const first = await disturbed(file, kind, cache);
    expect(first.read('/b')).toBe('changed\n');
    expect(first.warned.filter((text) => text.includes('context changed'))).toHaveLength(1);
    const second = await site.built(file, { files: FILES, cache });
    expect(second.read('/b')).toBe('a\n');
    expect(second.result.cache?.steps.map(({ hit }) => hit).slice(0, 2)).toEqual([true, false]);
  });

  it('all the time is built anew once, and what comes before is found', async () => {
    const cache = localCache({ copyLayers: false });
    const file = 'FROM base\nRUN date +%N > /before\nCOPY a.txt /a\nRUN cat /a > /b';
    const first = await site.built(file, { files: FILES, cache });
    let [log, writes] = ['', 0];
    const warned: string[] = [];
    const second = await site.built(file, {
      files: FILES,
      cache,
      prepare: (context) => void (log = join(context, 'a.txt')),
      reporter: {
        warn: (text) => void warned.push(text),
        stepStarted: ({ text }) => void (text.startsWith('COPY') && writeFileSync(log, `${writes++}`)),
      },
    });
    expect(second.read('/before')).toBe(first.read('/before'));
    expect(second.read('/b')).toBe(second.read('/a'));
    expect(warned.filter((text) => text.includes('building again'))).toHaveLength(1);
  });

  it('is built anew where earlier results would no longer fit', async () => {
    const cache = localCache({ copyLayers: false });
    const file = 'FROM base\nCOPY a.txt /a\nRUN cat /a > /b';
    await site.build(file, { files: FILES, cache });
    const changed = await disturbed(file, 'COPY', cache);
    expect(changed.read('/b')).toBe('changed\n');
    expect(changed.warned.filter((text) => text.includes('building again'))).toHaveLength(1);
    const again = await site.built(file, { files: FILES, cache });
    expect(again.read('/b')).toBe('a\n');
  });
});

describe('a build out of a repository, on an empty machine', () => {
  /** What a build asked of the registry, and how many bytes of layers came. */
  async function counted(work: () => Promise<unknown>) {
    const before = site.registry.requests.length;
    const started = performance.now();
    await work();
    // Each connection begins with a question about how to log in.
    const requests = site.registry.requests.slice(before).filter(({ path }) => path !== '/v2/');
    const blobs = requests.filter(({ method, path }) => method === 'GET' && path.includes('/blobs/'));
    return {
      asked: requests.map(({ method, path }) => `${method} ${path}`),
      blobs: blobs.map(({ path }) => path),
      uploads: requests.filter(({ method }) => method === 'PUT').length,
      milliseconds: Math.round(performance.now() - started),
    };
  }

  it('asks for what it needs and for nothing else', async () => {
    const cache = cacheAt({ type: 'registry', repository: `${site.registry.host}/app/cache`, scope: 'main' });
    const outputs = { tags: [`${site.registry.host}/app:1`] };
    const cold = await counted(() => site.build(FILE, { files: FILES, cache, outputs }));
    const { layers } = await site.build('FROM base');
    const baseLayers = layers.map(({ digest }) => digest);

    const same = await counted(() => site.build(FILE, { files: FILES, cache, outputs }));
    // The cache's index and its records, the base's tag, the destination's tag.
    expect(same.asked).toHaveLength(4);
    expect(same.uploads).toBe(0);

    const elsewhere = { tags: [`${site.registry.host}/app/elsewhere:1`] };
    const moved = await counted(() => site.build(FILE, { files: FILES, cache, outputs: elsewhere }));
    expect(moved.blobs.filter((path) => baseLayers.some((digest) => path.includes(digest)))).toEqual([]);

    const files = { ...FILES, 'b.txt': 'changed\n' };
    const copied = await counted(() => site.build(FILE, { files, cache, outputs }));
    expect(copied.blobs.filter((path) => baseLayers.some((digest) => path.includes(digest)))).toEqual([]);
    console.log(JSON.stringify({ cold, same, moved, copied }, null, 1));
  });
});
