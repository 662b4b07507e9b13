import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { foresee, placedSteps, prepareBuild } from '../../src/build/index.ts';
import type { CacheKey } from '../../src/cache/index.ts';
import { openDirectoryContext, openNamedContext } from '../../src/context/index.ts';
import { digestOf } from '../../src/oci/index.ts';
import type { BaseImages } from '../../src/plan/index.ts';
import { silentReporter } from '../../src/report/index.ts';
import type { BuildSpec } from '../../src/request/index.ts';
import { buildSpec } from './build-spec.ts';
import { writeFiles } from './build-site.ts';
import { fakeImages } from './planning.ts';

/** What keys are made of. */
export interface KeyedBuild {
  readonly dockerfile: string;
  /** Text by name; `-> target` makes a symbolic link. */
  readonly files?: Readonly<Record<string, string>>;
  /** Puts more into the context. */
  prepare?(context: string): void;
  /** Files of the named context `other`. */
  readonly other?: Readonly<Record<string, string>>;
  readonly spec?: Partial<BuildSpec>;
  readonly images?: BaseImages;
  /** What URLs give. */
  readonly download?: string;
}

/** The keys of the steps of a build that can be told before it, in order. */
export async function foreseenKeys(build: KeyedBuild): Promise<readonly (CacheKey | undefined)[]> {
  const directory = mkdtempSync(join(tmpdir(), 'foreseen-keys-'));
  try {
    const [context, other] = [join(directory, 'context'), join(directory, 'other')];
    for (const path of [context, other]) mkdirSync(path);
    writeFiles(context, build.files ?? {});
    writeFiles(other, build.other ?? {});
    build.prepare?.(context);
    // Outside of the context: what is written in it is no file of it.
    writeFileSync(join(directory, 'Dockerfile'), build.dockerfile);
    return await keysOf(build, context, other);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

async function keysOf(
  build: KeyedBuild,
  context: string,
  other: string,
): Promise<readonly (CacheKey | undefined)[]> {
  const spec = buildSpec(context, {
    dockerfile: `${context}/../Dockerfile`,
    contexts: [{ kind: 'directory', name: 'other', path: other }],
    ...build.spec,
  });
  const ports = {
    images: build.images ?? fakeImages({ base: {}, other: {} }),
    context: openDirectoryContext(context, { dockerfilePath: spec.dockerfile }),
    contexts: new Map([['other', openNamedContext(other)]]),
    reporter: silentReporter(),
    fetchRepository: () => Promise.reject(new Error('nothing is fetched here')),
    lookup: () => Promise.resolve(new Map()),
    identify: () => Promise.resolve({ digest: digestOf(build.download ?? '') }),
    commitOf: () => Promise.resolve('0'.repeat(40)),
  };
  const { plan, spec: timed } = await prepareBuild(spec, ports);
  const use = { take: true, freshStages: [], runLayers: true, copyLayers: true };
  return placedSteps(plan, await foresee(plan, timed, use, ports)).map(([, , { key }]) => key);
}
