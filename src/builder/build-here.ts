import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { buildImage, type BuiltImage } from '../build/index.ts';
import type { LocalBlobStore } from '../content/index.ts';
import { BuildError } from '../errors/index.ts';
import type { Reporter } from '../report/index.ts';
import type { BuildSpec } from '../request/index.ts';
import type { ForeseenBuild } from './cache/foresee-build.ts';
import { openContexts } from './open-contexts.ts';
import type { World } from './world.ts';

/** What a build in this process works with. */
export interface Here {
  readonly scratch: string;
  readonly store: LocalBlobStore;
  readonly world: World;
  readonly reporter: Reporter;
  readonly signal: AbortSignal;
}

/**
 * Builds in this process, for builds in which nothing is run: trees are held in memory, and no isolation is started.
 * Throws BuildError.
 */
export async function buildHere(
  spec: BuildSpec,
  foreseen: ForeseenBuild,
  { scratch, world, ...here }: Here,
): Promise<BuiltImage> {
  const trees = join(scratch, 'here');
  mkdirSync(trees, { mode: 0o700 });
  try {
    const settings = { scratch: trees, snapshotter: 'index', userxattr: false, ownership: 'disk' } as const;
    return await buildImage(
      spec,
      { ...world, ...here, ...openContexts(spec), sandbox: noSandbox, now: () => Date.now() },
      { ...settings, ignorePaths: spec.ignorePaths },
      foreseen.steps,
    );
  } finally {
    rmSync(trees, { recursive: true, force: true });
  }
}

const noSandbox = {
  ensureAvailable: (): void => {
    throw new BuildError('INTERNAL', 'a step is to run that the cache was to have');
  },
  executes: (): boolean => false,
  run: (): Promise<never> => Promise.reject(new BuildError('INTERNAL', 'nothing runs in this process')),
};
