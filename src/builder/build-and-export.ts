import type { LocalBlobStore } from '../content/index.ts';
import type { SourceTools } from '../context/index.ts';
import type { LayoutImage } from '../image/index.ts';
import { DEFAULT_COMPRESSION } from '../layer/index.ts';
import type { RegistryClient } from '../registry/index.ts';
import { pushedNames, type BuildResult, type BuildSurroundings } from '../request/index.ts';
import { BaseImageSource } from './base-image-source.ts';
import { bothOrNeither } from './both-or-neither.ts';
import { builderOf } from './build-one.ts';
import { buildPlatforms } from './build-platforms.ts';
import type { CacheSession } from './cache/cache-session.ts';
import { exportImage, type ExportTools } from './export-image.ts';
import { FormedImages, type FormTools } from './formed-images.ts';
import type { IsolationPlace } from './isolation-place.ts';
import type { GatheredRequest } from './job.ts';
import { checkDestinations } from './push-destinations.ts';
import { resultOf } from './result-of.ts';
import type { WarmBases } from './warm/warm-bases.ts';
import { openWorld } from './world.ts';

/** What a build works with. */
export interface BuildSite {
  readonly scratch: string;
  /** Where blobs of this build lie. */
  readonly store: LocalBlobStore;
  readonly registry: RegistryClient;
  readonly isolation: IsolationPlace;
  readonly sources: SourceTools;
  readonly layouts: ReadonlyMap<string, LayoutImage>;
  readonly cache: CacheSession | undefined;
  /** Base images that were fetched before. */
  readonly warm: WarmBases | undefined;
}

export type Finished = Omit<BuildResult, 'milliseconds'>;

/** Builds once, wherever that can be done, and exports. When this returns or throws nothing of it goes on. */
export async function buildAndExport(
  request: GatheredRequest,
  { env, reporter, stdout, signal: cancelled }: BuildSurroundings,
  { registry, store, sources, layouts, warm, ...site }: BuildSite,
): Promise<Finished> {
  const { outputs, registries, spec } = request;
  const { cache, scratch } = site;
  const stop = new AbortController();
  const signal = AbortSignal.any([cancelled, stop.signal]);
  const bases = new BaseImageSource(registry, store, signal, layouts, cache, warm);
  const world = openWorld(bases, { ...sources, signal }, cache);
  const tools: ExportTools = {
    registry,
    store,
    signal,
    reporter,
    stdout,
    scratch,
    blobs: bases,
    originsOf: (digest) => [...bases.originsOf(digest), ...(cache?.repositoriesOf(digest) ?? [])],
    sourceDateEpoch: spec.sourceDateEpoch,
  };
  const running: Promise<unknown>[] = [];
  const onWork = (work: Promise<unknown>): void => void running.push(work);
  try {
    const inside = Promise.withResolvers<boolean>();
    const onInside = (): void => inside.resolve(true);
    const buildOne = builderOf({ ...site, store, world, env, signal, onWork, onInside });
    const building = buildPlatforms(request, reporter, buildOne);
    building.finally(() => inside.resolve(false)).catch(() => undefined);
    const [built] = await bothOrNeither(stop, [
      building,
      // What takes long must not end with a push that was never possible.
      inside.promise.then(async (takesLong) => {
        if (takesLong && registries.checkPush) await checkDestinations(pushedNames(outputs), tools);
      }),
    ]);
    const blocksInFlight = spec.sparesMemory === true ? 1 : undefined;
    const made = { ...(spec.compression ?? DEFAULT_COMPRESSION), blocksInFlight };
    const configWith: FormTools['configWith'] = async (config, layers) =>
      (await cache?.withInlineRecords(config, layers)) ?? config;
    const images = new FormedImages(built, made, outputs.annotations ?? [], { ...tools, configWith });
    const exported = await exportImage(images, outputs, { ...tools, wasBuilt: cache !== undefined });
    const fetched = cache && { bases: bases.fetchedBytes, cache: cache.fetchedBytes };
    return resultOf(outputs, built, exported, fetched);
  } finally {
    await Promise.allSettled(running);
  }
}
