import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CacheLocation, CacheOptions } from '../../src/request/index.ts';
import { cacheAt } from '../support/cache-options.ts';
import { openSite, type BuildSite } from '../support/build-site.ts';
import { succeed } from '../support/e2e/execute.ts';
import { missing } from '../support/e2e/requirements.ts';

let site: BuildSite;
beforeAll(async () => void (site = await openSite()));
afterAll(() => site.close());

const FILE = [
  'FROM base AS made',
  'RUN date +%N > /made',
  'FROM base',
  'WORKDIR /work',
  'COPY --from=made /made .',
  'RUN date +%N > /one',
  'RUN true',
  'COPY a.txt /out/',
  'CMD ["/bin/sh"]',
].join('\n');
const FILES = { 'a.txt': 'a\n' };
const INLINE: CacheLocation = { type: 'inline' };

function cacheOf(sources: readonly CacheLocation[], changes: Partial<CacheOptions> = {}): CacheOptions {
  return cacheAt(INLINE, { sources, targets: [{ location: INLINE, mode: 'min' }], ...changes });
}

/** Builds and pushes under a name. */
function build(tag: string, cache: CacheOptions, file = FILE, outputs = {}, said: string[] = []) {
  const reporter = { info: (text: string) => void said.push(text) };
  return site.build(file, { files: FILES, cache, reporter, outputs: { tags: [tag], ...outputs } });
}

const misses = ({ cache }: Awaited<ReturnType<typeof build>>) =>
  cache?.steps.filter(({ hit }) => !hit).map(({ name }) => name);

describe('an image that carries its cache', () => {
  it('gives the same image again, without isolation and without the stages it does not need', async () => {
    const tag = site.destination();
    const first = await build(tag, cacheOf([]));
    const source: CacheLocation = { type: 'inline', reference: tag };
    const said: string[] = [];
    const second = await build(site.destination(), cacheOf([source]), FILE, {}, said);
    expect(misses(second)).toEqual([]);
    expect(said.some((text) => text.startsWith('isolation:'))).toBe(false);
    expect(second.digest).toBe(first.digest);
    // And so for as long as it goes on from image to image.
    const third = await build(
      site.destination(),
      cacheOf([{ type: 'inline', reference: second.destinations[0]?.reference }]),
    );
    expect(third.digest).toBe(first.digest);
  });

  it('saves the steps before the first that changed, whatever form the layers have', async () => {
    const tag = site.destination();
    const form = { format: 'oci', compression: 'zstd', force: false } as const;
    await build(tag, cacheOf([]), FILE, { form });
    const changed = FILE.replace('COPY a.txt /out/', 'COPY a.txt /elsewhere/');
    const second = await build(site.destination(), cacheOf([{ type: 'inline', reference: tag }]), changed, {
      form,
    });
    expect(misses(second)).toEqual(['stage-1 5 COPY']);
  });

  it('is taken at a key its writer has, and no other', async () => {
    const tag = site.destination();
    await build(tag, cacheOf([], { signingKey: 'one' }));
    const source: CacheLocation = { type: 'inline', reference: tag };
    expect(misses(await build(site.destination(), cacheOf([source], { signingKey: 'one' })))).toEqual([]);
    expect(misses(await build(site.destination(), cacheOf([source])))).not.toEqual([]);
  });

  it('takes nothing from an image without one, or where there is none', async () => {
    const bare = await site.build('FROM base\nRUN echo 1 > /one', {
      outputs: { tags: [site.destination()] },
    });
    const sources = [bare.destinations[0]?.reference, site.destination()];
    const cache = cacheOf(sources.map((reference) => ({ type: 'inline', reference })));
    const warnings: string[] = [];
    await site.build(FILE, { files: FILES, cache, reporter: { warn: (text) => void warnings.push(text) } });
    expect(warnings).toEqual([]);
  });

  it('is read for all platforms of an index', async () => {
    const file = 'FROM scratch\nARG TARGETARCH\nCOPY ${TARGETARCH}.txt /a\nCOPY a.txt /b';
    const files = { ...FILES, 'amd64.txt': '1', 'arm64.txt': '2' };
    const tag = site.destination();
    const platforms = ['linux/amd64', 'linux/arm64'];
    const first = await site.build(file, { files, platforms, cache: cacheOf([]), outputs: { tags: [tag] } });
    const cache = cacheOf([{ type: 'inline', reference: tag }]);
    const second = await site.build(file, { files, platforms, cache });
    expect(second.cache?.steps.map(({ hit }) => hit)).toEqual([true, true, true, true]);
    expect(second.digest).toBe(first.digest);
  });

  it('takes the requests of an image to read, and those of the base', async () => {
    const tag = site.destination();
    await build(tag, cacheOf([]));
    const before = site.registry.requests.length;
    await build(tag, cacheOf([{ type: 'inline', reference: tag }]));
    const asked = site.registry.requests.slice(before).filter(({ path }) => path !== '/v2/');
    // The image's manifest and config, the base's, and the tag of the destination.
    expect(asked.map(({ method, step }) => `${method} ${step}`)).toHaveLength(5);
  });

  it('does not hand it on to images that are built upon it', async () => {
    const tag = site.destination();
    await build(tag, cacheOf([]));
    const { image } = await site.built(`FROM ${tag}\nRUN echo 1 > /more`);
    expect(Object.keys(image.config).filter((name) => name.includes('cache'))).toEqual([]);
  });
});

const without = missing({ tools: ['skopeo', 'umoci'] });
describe.skipIf(without !== undefined)('an image that carries its cache, to other programs', () => {
  it('is an image like any other', async () => {
    const directory = join(site.directory, 'inline-layout');
    const result = await build(site.destination(), cacheOf([]));
    const reference = result.destinations[0]?.reference ?? '';
    await succeed('skopeo', [
      'copy',
      '--src-tls-verify=false',
      `docker://${reference}`,
      `oci:${directory}:x`,
    ]);
    const inspected = await succeed('skopeo', ['inspect', `oci:${directory}:x`]);
    expect(JSON.parse(inspected)).toMatchObject({ Digest: result.digest });
    const config = JSON.parse(
      await succeed('skopeo', ['inspect', '--config', '--raw', `oci:${directory}:x`]),
    ) as object;
    expect(Object.keys(config)).toContain('vnd.ts-kaniko.cache.v1');
    await succeed('umoci', [
      'unpack',
      '--rootless',
      '--image',
      `${directory}:x`,
      join(site.directory, 'bundle'),
    ]);
    // What was copied by another program is a cache as before.
    const copy = site.destination();
    await succeed('skopeo', ['copy', '--dest-tls-verify=false', `oci:${directory}:x`, `docker://${copy}`]);
    const again = await build(site.destination(), cacheOf([{ type: 'inline', reference: copy }]));
    expect(misses(again)).toEqual([]);
    expect(again.digest).toBe(result.digest);
  });
});
