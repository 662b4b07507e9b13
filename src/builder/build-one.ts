import type { BuiltImage } from '../build/index.ts';
import type { LocalBlobStore } from '../content/index.ts';
import { shareScratch } from '../isolation/index.ts';
import type { Environment } from '../request/index.ts';
import { buildHere } from './build-here.ts';
import type { BuildOne } from './build-platforms.ts';
import type { CacheSession } from './cache/cache-session.ts';
import { explainMisses } from './cache/explain-misses.ts';
import { foreseeBuild, type ForeseenBuild } from './cache/foresee-build.ts';
import { environmentOf } from './environment-of.ts';
import { innerCommand } from './inner-command.ts';
import { buildInside } from './inner-process.ts';
import type { IsolationPlace } from './isolation-place.ts';
import { jobOf, type GatheredRequest } from './job.ts';
import type { Call } from './messages.ts';
import { openContexts } from './open-contexts.ts';
import { answer, type World } from './world.ts';

/** What builds are done with. */
export interface Workshop {
  readonly scratch: string;
  readonly store: LocalBlobStore;
  readonly isolation: IsolationPlace;
  readonly cache: CacheSession | undefined;
  readonly world: World;
  readonly env: Environment;
  readonly signal: AbortSignal;
  /** Told of work that nobody may wait for any more, and that may still write into the scratch directory. */
  onWork(work: Promise<unknown>): void;
  /** Told before a build that goes on inside the isolation. */
  onInside(): void;
}

/** Builds images in this process where the cache leaves nothing to run, else inside the isolation. */
export function builderOf(workshop: Workshop): BuildOne {
  return async (request, number, reporter): Promise<BuiltImage> => {
    const { scratch, isolation, cache, world, env, signal, onWork, onInside } = workshop;
    const foreseen = await foreseenOf(request, workshop);
    if (foreseen?.runs === false)
      return explained(await buildHere(request.spec, foreseen, { ...workshop, reporter }), foreseen, cache);
    onInside();
    const place = await isolation.open();
    const known = foreseen && cache && { keeps: cache.keeps, steps: foreseen.steps };
    const job = jobOf(request, { ...place, scratch, cache: known }, env, number);
    const reply = (call: Call): Promise<unknown> => {
      // Contexts, downloads and repositories lie in there.
      const answered = answer(call, world).finally(() => shareScratch(place.backend, scratch));
      onWork(answered);
      return answered;
    };
    shareScratch(place.backend, scratch);
    const command = { command: innerCommand(), env: environmentOf(env), cwd: '/' };
    const inside = await buildInside(
      job,
      { ...command, backend: place.backend, reporter, answer: reply },
      signal,
    );
    onWork(inside.ended);
    return explained(inside.image, foreseen, cache);
  };
}

async function explained(
  image: BuiltImage,
  foreseen: ForeseenBuild | undefined,
  cache: CacheSession | undefined,
): Promise<BuiltImage> {
  if (foreseen === undefined || cache === undefined) return image;
  return { ...image, outcomes: await explainMisses(image.outcomes, foreseen, cache) };
}

async function foreseenOf(
  { spec, cache: wanted }: GatheredRequest,
  { cache, world, store, signal }: Workshop,
): Promise<ForeseenBuild | undefined> {
  // One layer for many steps: there are no steps to keep.
  if (cache === undefined || wanted === undefined || spec.singleSnapshot) return undefined;
  const ports = { ...world, ...openContexts(spec), cache, store, signal, now: () => Date.now() };
  return foreseeBuild(spec, wanted, { ...ports, foretell: (step) => cache.foretell(step) });
}
