import { PROOT_MEMORY, rootToTakeOver, sweepStale, type FoundScratch } from '../isolation/index.ts';
import type { BuildRequest, BuildSurroundings } from '../request/index.ts';
import { recoverRoot } from '../snapshot/index.ts';
import { fromText } from '../bytes/index.ts';
import { environmentOf } from './environment-of.ts';
import { pathsOfBuild } from './kept-in-root.ts';

type Surroundings = Pick<BuildSurroundings, 'env' | 'reporter'>;

/**
 * Puts a container's own root in order, where a build was killed while it had a tree in there. Returns the directories that
 * trees of such builds lie in: none while a living build has the root. Throws FILESYSTEM.
 */
export async function recoverOwnRoot(
  request: Pick<BuildRequest, 'spec' | 'outputs' | 'cache' | 'warmBases' | 'scratchParent'>,
  { env }: Pick<Surroundings, 'env'>,
): Promise<readonly string[]> {
  const own = rootToTakeOver(env);
  if (own === undefined) return [];
  const kept = [...own.kept, ...pathsOfBuild(request)];
  const isInOrder = await recoverRoot({ root: fromText('/'), kept, journal: own.journal });
  return isInOrder ? [own.builderDirectory] : [];
}

/** Removes what killed builds left in the places for scratch space and in directories of this container alone, and tells of it. */
export async function sweepAfterKilled(
  { places }: Pick<FoundScratch, 'places'>,
  ownPlaces: readonly string[],
  { env, reporter }: Surroundings,
): Promise<void> {
  const usable = places.filter(({ problem }) => problem === undefined);
  const parents = usable.map(({ directory }) => directory);
  const left = await sweepStale([...parents, PROOT_MEMORY], environmentOf(env), ownPlaces);
  if (left > 0) reporter.info(`scratch space of builds that were killed: ${left} removed`);
}
