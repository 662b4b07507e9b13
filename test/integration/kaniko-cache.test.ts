import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pack } from 'tar-stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CacheOptions } from '../../src/request/index.ts';
import { cacheAt } from '../support/cache-options.ts';
import { openSite, type BuildSite } from '../support/build-site.ts';
import { compositeKey, hashOf644, pushEntry } from '../support/kaniko-writer.ts';

let site: BuildSite;
let base: { readonly digest: string; readonly path: string };
beforeAll(async () => {
  site = await openSite();
  const { image } = await site.open(site.base);
  const path = image.config.config?.Env?.find((entry) => entry.startsWith('PATH='));
  base = { digest: image.descriptor.digest, path: path ?? '' };
});
afterAll(() => site.close());

const FILE = [
  'FROM base',
  'ARG WHO=me',
  'ENV  MODE=1',
  'COPY package*.json lock ./',
  'RUN echo $WHO \\',
  '    > /made',
  'LABEL a=b',
  'USER 0',
  'COPY src /src/',
  'RUN echo mine > /mine',
].join('\n');
const FILES = { 'package.json': '{}\n', 'package-lock.json': '{"a":1}\n', lock: 'l\n', 'src/a': 'a\n' };

/** A tar with one file. */
async function tarOf(name: string, content: string): Promise<Buffer> {
  const packer = pack();
  packer.entry({ name, mtime: new Date(0) }, content);
  packer.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of packer) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** The key of the first RUN, from the text above. */
function keyOfRun(who = 'me'): string {
  const directory = join(site.directory, `hashed-${Math.random()}`);
  const hash = (text: string): string => {
    writeFileSync(directory, text);
    chmodSync(directory, 0o644);
    return hashOf644(directory);
  };
  const copied = [FILES['package-lock.json'], FILES['package.json'], FILES.lock].map(hash);
  const env = ['|3', 'MODE=1', base.path, `WHO=${who}`];
  const texts = ['ARG WHO=me', 'ENV  MODE=1', 'COPY package*.json lock ./'];
  return compositeKey(base.digest, ...texts, ...copied, ...env, 'RUN echo $WHO     > /made');
}

let count = 0;
function freshCache(changes: Partial<CacheOptions> = {}): CacheOptions & { readonly repository: string } {
  const repository = `${site.registry.host}/app${count++}/cache`;
  const location = { type: 'registry', repository, scope: 'default' } as const;
  const sources = [location, { type: 'kaniko', repository } as const];
  return { repository, ...cacheAt(location, { sources, ...changes }) };
}

async function misses(cache: CacheOptions, file = FILE, buildArgs = {}): Promise<readonly string[]> {
  const { cache: told } = await site.build(file, { files: FILES, cache, spec: { buildArgs } });
  return told?.steps.filter(({ hit }) => !hit).map(({ name }) => name) ?? [];
}

describe("a repository with kaniko's entries", () => {
  it('gives the RUN steps whose keys are the same, and what is built is the same again without them', async () => {
    const cache = freshCache();
    const tar = await tarOf('made', 'by kaniko\n');
    await pushEntry(cache.repository, { key: keyOfRun(), tar });
    const first = await site.built(FILE, { files: FILES, cache });
    expect(first.read('/made')).toBe('by kaniko\n');
    expect(first.read('/mine')).toBe('mine\n');
    const hits = first.result.cache?.steps.filter(({ hit }) => hit).map(({ name }) => name);
    expect(hits).toEqual(['stage-0 2 RUN']);
    const own = { ...cache, sources: cache.sources.slice(0, 1) };
    const second = await site.build(FILE, { files: FILES, cache: own });
    expect(second.digest).toBe(first.result.digest);
  });

  it('counts the values of arguments and the bytes of files', async () => {
    const cache = freshCache();
    await pushEntry(cache.repository, { key: keyOfRun(), tar: await tarOf('made', 'by kaniko\n') });
    expect(await misses(cache, FILE, { WHO: 'you' })).toContain('stage-0 2 RUN');
    await pushEntry(cache.repository, { key: keyOfRun('we'), tar: await tarOf('made', 'by kaniko\n') });
    expect(await misses(freshSources(cache), FILE, { WHO: 'we' })).not.toContain('stage-0 2 RUN');
  });

  it('is not believed where a layer is not what its entry says, or is too old, or not signed', async () => {
    const tar = await tarOf('made', 'by kaniko\n');
    const lying = freshCache();
    await pushEntry(lying.repository, { key: keyOfRun(), tar, diffId: `sha256:${'a'.repeat(64)}` });
    expect(await misses(lying)).toContain('stage-0 2 RUN');
    const old = freshCache({ maxAgeMs: 1000 });
    await pushEntry(old.repository, { key: keyOfRun(), tar, created: new Date(Date.now() - 60_000) });
    expect(await misses(old)).toContain('stage-0 2 RUN');
    const signed = freshCache({ signingKey: 'secret' });
    await pushEntry(signed.repository, { key: keyOfRun(), tar });
    expect(await misses(signed)).toContain('stage-0 2 RUN');
  });

  it('is asked once for each stage where it has nothing', async () => {
    const cache = freshCache();
    const before = site.registry.requests.length;
    await misses(cache, 'FROM base\nRUN echo 1 > /1\nRUN echo 2 > /2\nRUN echo 3 > /3');
    const asked = site.registry.requests.slice(before).filter(({ name }) => /^[a-f0-9]{64}$/.test(name));
    expect(asked).toHaveLength(1);
  });
});

/** The same caches for a build that has not seen them yet: nothing of an earlier one is kept. */
function freshSources(cache: ReturnType<typeof freshCache>): CacheOptions {
  return { ...cache, sources: cache.sources.slice(1), targets: [] };
}
