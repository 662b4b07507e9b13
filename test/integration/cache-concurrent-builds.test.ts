import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CacheOptions } from '../../src/request/index.ts';
import { cacheAt } from '../support/cache-options.ts';
import { openSite, type BuildSite } from '../support/build-site.ts';
import { missingProgram, startDockerRegistry, type DockerRegistry } from '../support/docker-registry.ts';

const BUILDS = 8;
const missing = missingProgram(['docker-registry', 'openssl']);
let site: BuildSite;
beforeAll(async () => void (site = await openSite()));
afterAll(() => site.close());

/** The how-manieth build's Dockerfile: every third is the same, and all have a stage in common. */
function dockerfile(number: number): string {
  const kind = number % 3 === 0 ? 'same' : `own-${number}`;
  return [
    'FROM base AS common',
    'RUN echo common > /common && date +%N >> /common',
    'FROM base',
    'COPY --from=common /common /common',
    `RUN echo ${kind} > /one && date +%N >> /one`,
    'COPY a.txt /out/',
    `RUN echo ${kind} > /two && date +%N >> /two`,
  ].join('\n');
}

/** Builds all at the same time, and then each again: the second time everything is found. */
async function buildAtOnce(cache: CacheOptions): Promise<void> {
  const warnings: string[] = [];
  const reporter = { warn: (text: string) => void warnings.push(text) };
  const numbers = Array.from({ length: BUILDS }, (_, number) => number);
  const build = (number: number) =>
    site.build(dockerfile(number), { files: { 'a.txt': 'a\n' }, cache, reporter });
  await Promise.all(numbers.map(build));
  for (const number of numbers) {
    const again = await build(number);
    expect(again.cache?.steps.filter(({ hit }) => !hit).map(({ name }) => `${number}: ${name}`)).toEqual([]);
    // Every layer is read and checked on its way into the image that is opened here.
    const { reference } = again.destinations[0] ?? { reference: '' };
    expect((await site.open(reference)).image.layers.length).toBeGreaterThan(3);
  }
  expect(warnings).toEqual([]);
}

describe(`${BUILDS} builds at the same time`, () => {
  it('lose nothing in one directory', async () => {
    const directory = join(site.directory, 'shared-cache');
    mkdirSync(directory);
    await buildAtOnce(cacheAt({ type: 'local', directory }));
  }, 600_000);

  describe.skipIf(missing !== undefined)("in one repository of distribution's registry", () => {
    let registry: DockerRegistry;
    const open = async (settings = {}) => (registry = await startDockerRegistry(settings));

    it('lose nothing', async () => {
      await open();
      await buildAtOnce(
        cacheAt({ type: 'registry', repository: `${registry.host}/app/cache`, scope: 'main' }),
      ).finally(() => registry.close());
    }, 600_000);

    it('lose nothing where nothing can be removed', async () => {
      await open({ removes: false });
      await buildAtOnce(
        cacheAt({ type: 'registry', repository: `${registry.host}/app/cache`, scope: 'main' }),
      ).finally(() => registry.close());
    }, 600_000);
  });
});
