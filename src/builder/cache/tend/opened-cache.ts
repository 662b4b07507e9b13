import { recordSeal, type CacheContents, type CacheKeeper } from '../../../cache/index.ts';
import { BuildError } from '../../../errors/index.ts';
import type { CacheLocation } from '../../../request/index.ts';
import { openCache, type CacheTools } from '../open-session.ts';

/** A cache that is looked at, and what it holds. */
export interface OpenedCache {
  /** As messages name it. */
  readonly name: string;
  /** Tells caches of one place apart, where there can be several. */
  readonly scope: string | undefined;
  readonly keeper: CacheKeeper;
  readonly contents: CacheContents;
}

/** Opens caches one after the other and reads what they hold. Throws UNSUPPORTED for one that cannot be looked through. */
export async function openCaches(
  locations: readonly CacheLocation[],
  signingKey: string | undefined,
  tools: CacheTools,
  signal: AbortSignal,
): Promise<readonly OpenedCache[]> {
  const seal = recordSeal(signingKey);
  const opened: OpenedCache[] = [];
  for (const location of locations) {
    const store = openCache(location, seal, tools);
    if (store?.keeper === undefined)
      throw new BuildError(
        'UNSUPPORTED',
        `a cache of the type ${location.type} cannot be looked through here`,
        {
          hint: 'directories, repositories and images can; that of GitHub where its token is in the environment',
        },
      );
    const contents = await store.keeper.contents(signal);
    const scope = 'scope' in location ? location.scope : undefined;
    opened.push({ name: store.name, scope, keeper: store.keeper, contents });
  }
  return opened;
}
