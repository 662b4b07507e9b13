import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCacheTask, runExplain } from '../../src/builder/index.ts';
import { main } from '../../src/cli/main.ts';
import type { CacheLocation } from '../../src/request/index.ts';
import { cacheAt } from '../support/cache-options.ts';
import { openSite, writeFiles, type BuildSite } from '../support/build-site.ts';
import { fakeCli } from '../support/fake-cli.ts';

let site: BuildSite;
beforeAll(async () => void (site = await openSite()));
afterAll(() => site.close());

let count = 0;
function localPlace(): {
  readonly location: CacheLocation;
  readonly directory: string;
  readonly flags: string;
} {
  const directory = join(site.directory, `cache${count++}`);
  mkdirSync(directory);
  return { directory, location: { type: 'local', directory }, flags: `--cache-dir ${directory}` };
}

function registryPlace(): { readonly location: CacheLocation; readonly flags: string } {
  const repository = `${site.registry.host}/cache/${count++}`;
  return {
    location: { type: 'registry', repository, scope: 'main' },
    flags: `--cache-from type=registry,ref=${repository}:main`,
  };
}

/** The command line with the real commands behind it. */
async function cli(words: string) {
  const fake = fakeCli(site.directory);
  const argv = [...words.split(' '), '--insecure-registry', site.registry.host];
  const env = { HOME: '/nonexistent', PATH: process.env['PATH'] };
  const status = await main(argv, env, { ...fake.ports, runCacheTask, runExplain });
  return { status, out: fake.out(), err: fake.err() };
}
const json = async (words: string) => {
  const { status, out, err } = await cli(`${words} --json`);
  if (out === '') throw new Error(err);
  const { caches } = JSON.parse(out) as { readonly caches: readonly Record<string, unknown>[] };
  return { status, cache: caches[0] ?? {} };
};

const FILE = [
  'FROM base',
  'ARG MODE=1',
  'RUN echo one > /one',
  'COPY a.txt /a',
  'RUN echo $MODE > /two',
].join('\n');
const FILES = { 'a.txt': 'a\n' };
/** As the command line makes layers: how they are compressed is part of their keys. */
const spec = { compression: { kind: 'gzip' } } as const;

/** Everything below a directory with its size and time. */
function stateOf(directory: string): Record<string, unknown> {
  const names = readdirSync(directory, { recursive: true, encoding: 'utf8' });
  return Object.fromEntries(
    names.map((name) => {
      const { size, mtimeMs } = statSync(join(directory, name));
      return [name, [size, mtimeMs]];
    }),
  );
}

describe.each([
  ['a directory', localPlace],
  ['a repository', registryPlace],
])('%s', (_, place) => {
  it('is listed: steps with sizes, times and whole keys', async () => {
    const { location, flags } = place();
    await site.build(FILE, { files: FILES, cache: cacheAt(location) });
    const { cache } = await json(`cache ls ${flags}`);
    const entries = cache['entries'] as readonly Record<string, unknown>[];
    const steps = entries.filter(({ kind }) => kind === 'step');
    expect(steps.map(({ name }) => name).sort()).toEqual([
      'stage-0 1 RUN',
      'stage-0 2 COPY',
      'stage-0 3 RUN',
    ]);
    for (const { key, bytes, created, milliseconds } of steps) {
      expect(key).toMatch(/^[a-f0-9]{64}$/);
      expect(bytes).toBeGreaterThan(50);
      expect(Date.parse(created as string)).toBeGreaterThan(Date.now() - 600_000);
      expect(milliseconds).toBeGreaterThanOrEqual(0);
    }
    const text = await cli(`cache ls ${flags}`);
    expect(text.out).toMatch(/KIND +NAME +KEY +SIZE +AGE +LAST USED +TOOK\n/);
    expect(text.out).toMatch(/step +stage-0 2 COPY +[a-f0-9]{12} /);
  });

  it('is sound after a build, and is left without what is pruned', async () => {
    const { location, flags } = place();
    await site.build(FILE, { files: FILES, cache: cacheAt(location) });
    const sound = await json(`cache verify ${flags}`);
    expect([sound.status, sound.cache['damaged']]).toEqual([0, []]);
    expect(sound.cache['blobs']).toBeGreaterThanOrEqual(3);

    const dry = await json(`cache prune --older-than 0 --dry-run ${flags}`);
    const planned = dry.cache['entries'] as readonly unknown[];
    expect(planned.length).toBeGreaterThanOrEqual(3);
    expect((await json(`cache ls ${flags}`)).cache['entries']).toHaveLength(planned.length);

    expect((await json(`cache prune --older-than 1h ${flags}`)).cache['entries']).toEqual([]);
    await json(`cache prune --older-than 0 ${flags}`);
    expect((await json(`cache ls ${flags}`)).cache).toMatchObject({ entries: [], bytes: 0, looseBlobs: [] });
    const again = await site.build(FILE, { files: FILES, cache: cacheAt(location) });
    expect(again.cache?.steps.map(({ hit }) => hit)).toEqual([false, false, false]);
  });

  it('keeps what was used last where it is cut down to a size', async () => {
    const { location, flags } = place();
    await site.build('FROM base\nRUN head -c 300000 /dev/urandom > /big', { cache: cacheAt(location) });
    await site.build('FROM base\nRUN echo small > /small', { cache: cacheAt(location) });
    await json(`cache prune --max-size 100k ${flags}`);
    const left = (await json(`cache ls ${flags}`)).cache;
    const steps = (left['entries'] as readonly Record<string, unknown>[]).filter(
      ({ kind }) => kind === 'step',
    );
    expect(steps).toHaveLength(1);
    expect(left['bytes']).toBeLessThan(100 * 1024);
  });
});

describe('a damaged directory', () => {
  it('is told and left as it is, and with --repair loses just what is damaged', async () => {
    const { location, flags, directory } = localPlace();
    await site.build(FILE, { files: FILES, cache: cacheAt(location) });
    const records = join(directory, 'ts-kaniko/records');
    const [record = ''] = readdirSync(records);
    writeFileSync(join(records, record), `${readFileSync(join(records, record), 'utf8')} `);
    const listed = (await json(`cache ls ${flags}`)).cache['entries'] as readonly {
      readonly name: string;
      readonly blobs: readonly string[];
    }[];
    const copy = listed.find(({ blobs }) => blobs.length > 0)?.blobs[0] ?? '';
    const blob = join(directory, 'blobs/sha256', copy.slice(7));
    const bytes = readFileSync(blob);
    bytes[0] = (bytes[0] ?? 0) ^ 1;
    writeFileSync(blob, bytes);

    const before = stateOf(directory);
    const told = await json(`cache verify ${flags}`);
    const damaged = told.cache['damaged'] as readonly Record<string, unknown>[];
    expect(told.status).toBe(1);
    expect(damaged.map(({ what, name }) => [what, name])).toEqual([
      ['record', record],
      ['blob', copy],
    ]);
    expect(damaged[1]?.['entries']).not.toEqual([]);
    expect(stateOf(directory)).toEqual(before);
    expect((await cli(`cache verify ${flags}`)).out).toContain(`  damaged blob ${copy}: `);

    const repaired = await json(`cache verify --repair ${flags}`);
    expect([repaired.status, repaired.cache['repaired']]).toEqual([0, true]);
    const after = await json(`cache verify ${flags}`);
    expect([after.status, after.cache['damaged']]).toEqual([0, []]);
    const users = listed.filter(({ blobs }) => blobs.includes(copy));
    expect(after.cache['entries']).toBe(listed.length - users.length);
    const build = await site.build(FILE, { files: FILES, cache: cacheAt(location) });
    expect(build.layers.length).toBeGreaterThan(0);
  });

  it('in which a blob is missing is told, also where a whole folder is', async () => {
    const { location, flags, directory } = localPlace();
    await site.build(FILE, { files: FILES, cache: cacheAt(location) });
    rmSync(join(directory, 'blobs'), { recursive: true });
    const { status, out } = await cli(`cache verify ${flags}`);
    expect(status).toBe(1);
    expect(out).toContain('damaged');
    expect(readdirSync(directory)).not.toContain('blobs');
  });
});

describe('an image with an inline cache', () => {
  it('is listed and checked, and cannot be cleared up', async () => {
    const tag = `${site.registry.host}/inline/${count++}:1`;
    const cache = { ...cacheAt({ type: 'inline', reference: tag }), sources: [] };
    await site.build(FILE, { files: FILES, cache, outputs: { tags: [tag] } });
    const flags = `--cache-from type=inline,ref=${tag}`;
    const { entries } = (await json(`cache ls ${flags}`)).cache as { readonly entries: readonly unknown[] };
    expect(entries.length).toBeGreaterThanOrEqual(3);
    expect((await json(`cache verify ${flags}`)).cache).toMatchObject({
      damaged: [],
      entries: entries.length,
    });
    const pruned = await cli(`cache prune --older-than 0 ${flags}`);
    expect([pruned.status, pruned.err]).toEqual([69, expect.stringContaining('part of its image')]);
  });
});

describe('a repository that is no cache', () => {
  it('is an error, not an empty cache', async () => {
    const { status, err } = await cli('cache ls --cache-from type=registry,ref=127.0.0.1:1/none');
    expect(status).toBe(75);
    expect(err).toContain('error: ');
  });
});

describe('what a build would find', () => {
  const explained = async (file: string, files: Record<string, string>, words: string) => {
    const context = join(site.directory, `explained${count++}`);
    writeFiles(context, { ...files, Dockerfile: file.replaceAll('FROM base', `FROM ${site.base}`) });
    const { status, out, err } = await cli(`cache explain -c ${context} ${words} --json`);
    if (status !== 0) throw new Error(err);
    const { platforms } = JSON.parse(out) as {
      readonly platforms: readonly { readonly steps: readonly Record<string, unknown>[] }[];
    };
    const text = await cli(`cache explain -c ${context} ${words}`);
    return { steps: platforms[0]?.steps ?? [], text: text.out };
  };
  const brief = (steps: readonly Record<string, unknown>[]) =>
    steps.map(({ step, state, changed }) => [step, state, ...(changed as readonly string[])]);

  it('is told step by step, and for a miss what changed, and nothing is built or written', async () => {
    const { location, flags, directory } = localPlace();
    const none = await explained(FILE, FILES, flags);
    expect(brief(none.steps)).toEqual([
      ['stage-0 1 RUN', 'miss', 'nothing is known of this step'],
      ['stage-0 2 COPY', 'miss', 'nothing is known of this step'],
      ['stage-0 3 RUN', 'miss', 'nothing is known of this step'],
    ]);
    await site.build(FILE, { spec, files: FILES, cache: cacheAt(location) });
    const before = Object.keys(stateOf(directory));

    const same = await explained(FILE, FILES, flags);
    expect(brief(same.steps).map(([, state]) => state)).toEqual(['hit', 'hit', 'hit']);
    expect(same.text).toContain('3 of 3 steps would be found');

    const file = await explained(FILE, { 'a.txt': 'b\n' }, flags);
    expect(brief(file.steps)).toEqual([
      ['stage-0 1 RUN', 'hit'],
      ['stage-0 2 COPY', 'miss', 'content of a.txt'],
      ['stage-0 3 RUN', 'miss', 'a step before it'],
    ]);
    expect(file.steps.map(({ line }) => line)).toEqual([3, 4, 5]);
    expect(file.text).toContain('content of a.txt (against stage-0 2 COPY, ');

    const argument = await explained(FILE, FILES, `${flags} --build-arg MODE=2`);
    expect(brief(argument.steps)[0]).toEqual(['stage-0 1 RUN', 'miss', 'variable MODE']);

    const moved = await explained(FILE.replace('RUN', 'RUN true\nRUN'), FILES, flags);
    expect(brief(moved.steps).slice(0, 2)).toEqual([
      ['stage-0 1 RUN', 'miss', 'command'],
      ['stage-0 2 RUN', 'miss', 'a step before it'],
    ]);
    expect(Object.keys(stateOf(directory))).toEqual(before);
  });

  it('agrees with the build', async () => {
    const { location, flags } = registryPlace();
    const cache = cacheAt(location);
    await site.build(FILE, { spec, files: FILES, cache });
    const changed = FILE.replace('/two', '/three');
    const told = await explained(changed, FILES, flags);
    const built = await site.build(changed, { spec, files: FILES, cache });
    expect(told.steps.map(({ state }) => state === 'hit')).toEqual(built.cache?.steps.map(({ hit }) => hit));
  });

  it('says what is too old, what is not wanted and what cannot be told', async () => {
    const { location, flags } = localPlace();
    await site.build(FILE, { spec, files: FILES, cache: cacheAt(location) });
    const old = await explained(FILE, FILES, `${flags} --cache-ttl 1ms`);
    expect(brief(old.steps)[0]).toEqual(['stage-0 1 RUN', 'miss', 'it is older than cache-ttl']);
    const fresh = await explained(FILE, FILES, `${flags} --no-cache`);
    expect(brief(fresh.steps).map(([, state]) => state)).toEqual(['unwanted', 'unwanted', 'unwanted']);
    const missing = await explained(FILE, {}, flags);
    expect(brief(missing.steps).map(([, state]) => state)).toEqual(['hit', 'unknown', 'unknown']);
  });
});
