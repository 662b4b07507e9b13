import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { digestOf } from '../../src/oci/index.ts';
import type { CacheLocation, CacheOptions } from '../../src/request/index.ts';
import { cacheAt } from '../support/cache-options.ts';
import { openSite, type BuildSite } from '../support/build-site.ts';
import { runtimeToken, startGithubCache, type GithubCache } from '../support/github-cache/index.ts';
import { DAMAGES, type Poison } from '../support/poisons.ts';

const FILES = { a: 'a', 'd/b': 'b', c: 'c' };
const FILE = 'FROM scratch AS one\nCOPY a d /\nFROM scratch\nCOPY --from=one / /x\nCOPY c /c\nWORKDIR /w';
/** The first stage is not needed where its copy is found. */
const ALL = 3;
const spec = { sourceDateEpoch: 1_700_000_000 };

let site: BuildSite;
let expected: string;
beforeAll(async () => {
  site = await openSite();
  expected = (await site.build(FILE, { files: FILES, spec })).digest;
});
afterAll(() => site.close());

/** Builds, which must give the one image there is; what was hit, and what was warned of. */
async function build(cache: CacheOptions, dockerfile = FILE) {
  const warned: string[] = [];
  const reporter = { warn: (text: string) => void warned.push(text) };
  const { digest, cache: summary } = await site.build(dockerfile, { files: FILES, spec, cache, reporter });
  if (dockerfile === FILE) expect(digest).toBe(expected);
  return { hits: summary?.steps.filter(({ hit }) => hit).length ?? 0, warned };
}

let count = 0;
const fresh = (): string => `poisoned${count++}`;

describe('a directory', () => {
  let directory: string;
  let good: string;
  beforeAll(async () => {
    good = join(site.directory, fresh());
    await build(cacheAt({ type: 'local', directory: good }));
  });
  beforeEach(() => {
    directory = join(site.directory, fresh());
    cpSync(good, directory, { recursive: true });
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const filesBelow = (folder: string): string[] =>
    existsSync(join(directory, folder))
      ? readdirSync(join(directory, folder)).map((name) => join(directory, folder, name))
      : [];

  it.each(DAMAGES)('whose files are each %s', async (_name, change) => {
    for (const folder of ['blobs/sha256', 'ts-kaniko/records', 'ts-kaniko/steps'])
      for (const path of filesBelow(folder)) spoil(path, change);
    const { hits, warned } = await build(cacheAt({ type: 'local', directory }));
    // What is found to be damaged on the way is told once for each.
    expect(hits === 0 || warned.length > 0 || hits === ALL).toBe(true);
    expect(await build(cacheAt({ type: 'local', directory }))).toBeDefined();
  });

  it.each(['blobs/sha256', 'ts-kaniko/records'])('whose files in %s are turned round', async (folder) => {
    const paths = filesBelow(folder);
    const texts = paths.map((path) => readFileSync(path));
    for (const [at, path] of paths.entries()) writeFileSync(path, texts[(at + 1) % texts.length] ?? '');
    expect((await build(cacheAt({ type: 'local', directory }))).hits).toBeLessThan(ALL);
  });

  it('whose blobs are gone is told of, and filled again', async () => {
    rmSync(join(directory, 'blobs'), { recursive: true });
    const { warned } = await build(cacheAt({ type: 'local', directory }));
    expect(warned.filter((text) => text.includes('does not have what it lists')).length).toBeGreaterThan(0);
    expect(await build(cacheAt({ type: 'local', directory }))).toEqual({ hits: ALL, warned: [] });
  });
});

function spoil(path: string, change: Poison[1]): void {
  const bytes = change(readFileSync(path));
  if (bytes === undefined) rmSync(path);
  else writeFileSync(path, bytes);
}

describe("GitHub's service", () => {
  let fake: GithubCache;
  beforeEach(async () => void (fake = await startGithubCache({ entriesAMinute: 1_000_000 })));
  afterEach(() => fake.close());
  const at = (scope = 'app', ref = 'refs/heads/main'): CacheLocation => ({
    type: 'gha',
    scope,
    attributes: { url_v2: fake.url, token: runtimeToken({ own: ref, read: ['refs/heads/base'] }) },
  });

  it.each(DAMAGES)('whose entries are each %s', async (_name, change) => {
    await build(cacheAt(at()));
    fake.corrupt(() => true, change);
    await build(cacheAt(at()));
    await build(cacheAt(at()));
  });

  it.each(['index', 'blob', 'pack'])(
    'whose entries of the kind %s have the bytes of another',
    async (kind) => {
      await build(cacheAt(at()));
      const others = fake.entries.filter(({ key }) => !key.startsWith(`tsk-${kind}`));
      const other = others[0] && fake.content(others[0]);
      fake.corrupt(
        ({ key }) => key.startsWith(`tsk-${kind}`),
        () => other,
      );
      await build(cacheAt(at()));
    },
  );

  it('with the index of another scope in place of its own', async () => {
    await build(cacheAt(at('other')), 'FROM scratch\nCOPY c /elsewhere');
    const [index] = fake.entries.filter(({ key }) => key.startsWith('tsk-index'));
    const bytes = index && fake.content(index);
    await build(cacheAt(at()));
    fake.corrupt(
      ({ key }) => key.startsWith('tsk-index'),
      () => bytes,
    );
    expect((await build(cacheAt(at()))).hits).toBe(0);
  });
});

describe('a repository', () => {
  const at = (name: string, scope = 'main'): CacheLocation => ({
    type: 'registry',
    repository: `${site.registry.host}/${name}`,
    scope,
  });
  const url = (name: string, tag = 'ts-kaniko-cache-main'): string =>
    `${site.registry.url}/v2/${name}/manifests/${tag}`;
  const TYPE = 'application/vnd.oci.image.manifest.v1+json';

  async function manifestOf(name: string, tag?: string): Promise<Buffer> {
    const response = await fetch(url(name, tag), { headers: { accept: TYPE } });
    return Buffer.from(await response.arrayBuffer());
  }

  /** Writes a manifest as whoever may push can; false where the registry refuses it. */
  async function push(name: string, bytes: Buffer, type = TYPE): Promise<boolean> {
    const headers = { 'content-type': type };
    // The registry hangs up on what is no JSON.
    const response = await fetch(url(name), { method: 'PUT', body: new Uint8Array(bytes), headers }).catch(
      () => undefined,
    );
    return response?.ok === true;
  }

  /** Uploads a blob; its digest is what it is. */
  async function upload(name: string, bytes: Buffer): Promise<{ digest: string; size: number }> {
    const digest = digestOf(bytes);
    const started = await fetch(`${site.registry.url}/v2/${name}/blobs/uploads/`, { method: 'POST' });
    const location = new URL(started.headers.get('location') ?? '', site.registry.url);
    location.searchParams.set('digest', digest);
    const { ok } = await fetch(location, {
      method: 'PUT',
      body: new Uint8Array(bytes),
      headers: { 'content-type': 'application/octet-stream' },
    });
    expect(ok).toBe(true);
    return { digest, size: bytes.length };
  }

  async function filled(): Promise<string> {
    const name = fresh();
    await build(cacheAt(at(name)));
    return name;
  }

  it.each(DAMAGES)('whose index is %s', async (_name, change) => {
    const name = await filled();
    const bytes = change(await manifestOf(name));
    if (bytes !== undefined) await push(name, bytes);
    await build(cacheAt(at(name)));
  });

  it.each(DAMAGES)('whose list of records is %s', async (_name, change) => {
    const name = await filled();
    const manifest = JSON.parse((await manifestOf(name)).toString()) as { config: { digest: string } };
    const blob = await fetch(`${site.registry.url}/v2/${name}/blobs/${manifest.config.digest}`);
    const bytes = change(Buffer.from(await blob.arrayBuffer()));
    if (bytes === undefined) return;
    const config = { ...manifest.config, ...(await upload(name, bytes)) };
    expect(await push(name, Buffer.from(JSON.stringify({ ...manifest, config })))).toBe(true);
    await build(cacheAt(at(name)));
    await build(cacheAt(at(name)));
  });

  it('whose index says other sizes and digests than there are', async () => {
    const name = await filled();
    const manifest = JSON.parse((await manifestOf(name)).toString()) as {
      config: { digest: string; size: number };
      layers: { digest: string }[];
    };
    for (const config of [
      { ...manifest.config, size: manifest.config.size + 1 },
      { ...manifest.config, size: 2 ** 40 },
      { ...manifest.config, digest: manifest.layers[0]?.digest },
      { ...manifest.config, mediaType: 'application/vnd.oci.image.config.v1+json' },
    ]) {
      await push(name, Buffer.from(JSON.stringify({ ...manifest, config })));
      await build(cacheAt(at(name)));
    }
  });

  it('with an index of another type, or an image, under its tag', async () => {
    const name = await filled();
    const own = await manifestOf(name);
    for (const type of [
      'application/vnd.docker.distribution.manifest.v2+json',
      'application/json',
      'text/html',
    ]) {
      await push(name, own, type);
      await build(cacheAt(at(name)));
    }
    const { destinations } = await site.build(FILE, {
      files: FILES,
      spec,
      outputs: { tags: [`${site.registry.host}/${name}:image`], push: true },
    });
    expect(destinations).toHaveLength(1);
    await push(name, await manifestOf(name, 'image'));
    const { hits, warned } = await build(cacheAt(at(name)));
    expect(hits).toBe(0);
    expect(warned.some((text) => text.includes('is no cache of this builder'))).toBe(true);
  });

  it('with the index of another repository', async () => {
    const name = await filled();
    const other = fresh();
    await build(cacheAt(at(other)), 'FROM scratch\nCOPY c /elsewhere');
    const bytes = await manifestOf(other);
    for (const digest of new Set(bytes.toString().match(/sha256:[a-f0-9]{64}/g))) {
      const blob = await fetch(`${site.registry.url}/v2/${other}/blobs/${digest}`);
      await upload(name, Buffer.from(await blob.arrayBuffer()));
    }
    expect(await push(name, bytes)).toBe(true);
    expect((await build(cacheAt(at(name)))).hits).toBe(0);
  });
});

it('records signed with another key, or not at all, are none', async () => {
  const directory = join(site.directory, fresh());
  mkdirSync(directory);
  const location: CacheLocation = { type: 'local', directory };
  await build(cacheAt(location));
  expect((await build(cacheAt(location, { signingKey: 'ours' }))).hits).toBe(0);
  expect((await build(cacheAt(location, { signingKey: 'ours' }))).hits).toBe(ALL);
  expect((await build(cacheAt(location, { signingKey: 'theirs' }))).hits).toBe(0);
});
