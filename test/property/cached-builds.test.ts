import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  localCache,
  memoryCache,
  recordSeal,
  registryCache,
  type CacheStore,
} from '../../src/cache/index.ts';
import { BuildError } from '../../src/errors/index.ts';
import { buildInMemory } from '../support/build-in-memory.ts';
import {
  dockerfileOf,
  generatedBuild,
  generatedEdit,
  writeContext,
  type GeneratedBuild,
} from '../support/generated/build.ts';
import { compareBuilds, type Result } from '../support/generated/compare-builds.ts';
import { withoutRun } from '../support/generated/lines.ts';
import { startGithubCache, type GithubCache } from '../support/github-cache/index.ts';
import { jobsOf, type Jobs } from '../support/github-cache/github-stores.ts';
import { openSession, type Session } from '../support/registry-session.ts';
import { startRegistry, type RunningRegistry } from '../support/registry/index.ts';
import { settings } from './settings.ts';

let [registry, session, fake, jobs, directory]: [RunningRegistry?, Session?, GithubCache?, Jobs?, string?] =
  [];
beforeAll(async () => {
  registry = await startRegistry();
  session = openSession({ registries: { insecureRegistries: [registry.host] } });
  fake = await startGithubCache({ entriesAMinute: 1_000_000 });
  jobs = jobsOf(fake);
  directory = mkdtempSync(join(tmpdir(), 'cached-builds-'));
});
afterAll(async () => {
  await session?.close();
  await registry?.close();
  await jobs?.close();
  await fake?.close();
  rmSync(directory ?? '', { recursive: true });
});

/** Opens the cache of one case, each time as another machine would. */
type Opener = (number: number) => () => CacheStore;

const stores: Readonly<Record<string, Opener>> = {
  memory: () => {
    const cache = memoryCache();
    return () => cache;
  },
  'a directory': (number) => () => localCache(join(directory ?? '', `${number}`), recordSeal()),
  'a repository': (number) => () => {
    const repository = (access: 'pull' | 'push') =>
      session!.repository(`${registry?.host}/cache/${number}`, access);
    const [reader, writer] = [repository('pull'), repository('push')];
    return registryCache({ reader, writer, scope: 'x', seal: recordSeal(), mountFrom: () => [] });
  },
  "GitHub's service": (number) => () => jobs!.open(undefined, { scope: `case${number}` }),
};

async function result(build: GeneratedBuild, cache: CacheStore | undefined): Promise<Result> {
  try {
    const image = await buildInMemory(dockerfileOf(build), {
      prepare: (context) => writeContext(context, build),
      images: { base: { config: { User: '', WorkingDir: '/w' } } },
      spec: { sourceDateEpoch: 1_700_000_000, buildArgs: build.args },
      ...(cache !== undefined && { cache }),
    });
    const { config, layers, outcomes } = image;
    const allHit = outcomes.every(({ hit }) => hit);
    return { image: { config, layers: layers.map(({ descriptor }) => descriptor.digest) }, allHit };
  } catch (error) {
    if (error instanceof BuildError && error.code !== 'INTERNAL') return 'failed';
    throw error;
  }
}

let cases = 0;
/** The first finds most, and costs least. */
const RUNS: Readonly<Record<string, number>> = { memory: 40 };

it.each(Object.entries(stores))(
  'builds without RUN and their edits are the same with and without a cache in %s',
  async (name, open) => {
    const property = fc.asyncProperty(
      generatedBuild(withoutRun),
      fc.array(generatedEdit(withoutRun), { minLength: 1, maxLength: 2 }),
      async (build, edits) => {
        const opened = open(cases++);
        await compareBuilds(build, edits, (given, cached) => result(given, cached ? opened() : undefined));
      },
    );
    const before = cases;
    await fc.assert(property, settings(RUNS[name] ?? 5));
    console.log(`${cases - before} cases`);
  },
  3_600_000,
);

it('any changed file of the context is seen', async () => {
  const cache = memoryCache();
  const files = { 'a.txt': 'a', 'b.txt': 'b', 'd/c.txt': 'c', 'd/e.txt': 'e' };
  const spec = { sourceDateEpoch: 1_700_000_000 };
  for (const name of Object.keys(files)) {
    for (const text of ['other', '']) {
      const build = { files: { ...files, [name]: text }, spec };
      const plain = await buildInMemory('FROM base\nCOPY . /all/', build);
      const cached = await buildInMemory('FROM base\nCOPY . /all/', { ...build, cache });
      expect(cached.layers).toEqual(plain.layers);
    }
  }
}, 120_000);
