import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { BuildError } from '../../src/errors/index.ts';
import type { CacheLocation, CacheOptions } from '../../src/request/index.ts';
import { settings } from '../property/settings.ts';
import { cacheAt } from '../support/cache-options.ts';
import { openSite, type BuildSite } from '../support/build-site.ts';
import {
  dockerfileOf,
  generatedBuild,
  generatedEdit,
  writeContext,
  type GeneratedBuild,
} from '../support/generated/build.ts';
import { compareBuilds, type Result } from '../support/generated/compare-builds.ts';
import { withRun } from '../support/generated/lines.ts';
import { runtimeToken, startGithubCache, type GithubCache } from '../support/github-cache/index.ts';

let site: BuildSite;
let fake: GithubCache;
let base: string;
beforeAll(async () => {
  site = await openSite();
  fake = await startGithubCache({ entriesAMinute: 1_000_000 });
  const bob = 'echo bob:x:1000:1000::/:/bin/sh >> /etc/passwd && echo bob:x:1000: >> /etc/group';
  const { destinations } = await site.build(`FROM base\nRUN mkdir -m 777 /pub && ${bob}`);
  base = destinations[0]?.reference ?? '';
});
afterAll(async () => {
  await site.close();
  await fake.close();
});

/** The place of the cache of a case: one kind after the other. */
function locationOf(number: number): CacheLocation {
  const kinds: readonly CacheLocation[] = [
    { type: 'local', directory: join(site.directory, `generated${number}`) },
    { type: 'registry', repository: `${site.registry.host}/generated`, scope: `case${number}` },
    {
      type: 'gha',
      scope: `case${number}`,
      attributes: { url_v2: fake.url, token: runtimeToken({ own: 'refs/heads/main' }) },
    },
  ];
  return kinds[number % kinds.length] as CacheLocation;
}

async function result(build: GeneratedBuild, cache: CacheOptions | undefined): Promise<Result> {
  const text = dockerfileOf(build).replaceAll(/(^FROM |from=)base\b/gm, `$1${base}`);
  try {
    const built = await site.build(text, {
      prepare: (context) => writeContext(context, build),
      spec: { sourceDateEpoch: 1_700_000_000, buildArgs: build.args },
      // Another one each time, as it may be in no key.
      supplies: { secrets: [{ id: 's', content: Buffer.from(randomBytes(8).toString('hex')) }] },
      cache,
    });
    return { image: built.digest, allHit: built.cache?.steps.every(({ hit }) => hit) ?? false };
  } catch (error) {
    if (error instanceof BuildError && error.code !== 'INTERNAL') return 'failed';
    throw error;
  }
}

let [cases, failed] = [0, 0];

/** PROPERTY_RUNS raises the number of cases. */
it('builds with RUN and their edits are the same with and without a cache', async () => {
  const property = fc.asyncProperty(
    generatedBuild(withRun),
    fc.array(generatedEdit(withRun), { minLength: 1, maxLength: 2 }),
    async (build, edits) => {
      const cache = cacheAt(locationOf(cases++));
      await compareBuilds(build, edits, async (given, cached) => {
        const made = await result(given, cached ? cache : undefined);
        if (made === 'failed') failed++;
        return made;
      });
    },
  );
  await fc.assert(property, settings(4));
  console.log(`${cases} cases, ${failed} builds of them failed alike`);
  expect(cases).toBeGreaterThan(failed / 8);
}, 3_600_000);
