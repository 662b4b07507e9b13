import { dirname } from 'node:path';
import { askForImages } from '../../build/index.ts';
import { toBuildError } from '../../errors/index.ts';
import type { Platform } from '../../oci/index.ts';
import { formatBytes, type Reporter } from '../../report/index.ts';
import type { BuildSpec, RunWarmer, WarmRequest } from '../../request/index.ts';
import { inScratch } from '../in-scratch.ts';
import { removeOld } from './remove-old.ts';
import { openWarm } from './warm-bases.ts';
import type { WarmEntry } from './warm-entries.ts';
import { warmLayout } from './warm-layout.ts';
import { Warmer, type WarmedImage } from './warmer.ts';

/**
 * Fetches base images into a directory that builds take them from. What is there is not fetched again, unless it is
 * forced. Throws the first error once everything that can be had is there.
 */
export const runWarmer: RunWarmer = (request, surroundings) =>
  inScratch(request, surroundings, async ({ registry }) => {
    const { reporter, signal } = surroundings;
    const { directory, force, maxAgeMs } = request;
    const known = force ? undefined : openWarm(directory, reporter);
    const layout = warmLayout(directory);
    const now = (): number => Date.now();
    const warmer = new Warmer({ registry, known, layout, signal, now });
    const warmed: WarmedImage[] = [];
    const errors: unknown[] = [];
    const failed = (error: unknown): void => {
      errors.push(error);
      reporter.warn(toBuildError(error).message);
    };
    for (const platform of request.platforms) await lookUpAll(request, platform, warmer, failed);
    await warmer.fetchAll(force, (image) => void warmed.push(image), failed);
    const removed = maxAgeMs === undefined ? [] : await removeOld(layout, now() - maxAgeMs, now());
    tell(warmed, removed, reporter);
    if (errors.length > 0) throw errors[0];
    return { text: '', json: { directory: layout, images: warmed, removed: removed.map(nameOf) }, status: 0 };
  });

/** An image that cannot be found is told of when it is fetched; a Dockerfile that makes no sense at once. */
async function lookUpAll(
  { images, dockerfile, buildArgs, buildPlatform }: WarmRequest,
  platform: Platform,
  warmer: Warmer,
  failed: (error: unknown) => void,
): Promise<void> {
  await Promise.allSettled(images.map((image) => warmer.lookUp(image, platform)));
  if (dockerfile === undefined) return;
  try {
    await askForImages(specOf(dockerfile, buildArgs, platform, buildPlatform), warmer.images());
  } catch (error) {
    failed(error);
  }
}

/** A build of the file, of which nothing but its images matters. */
function specOf(
  dockerfile: string,
  buildArgs: BuildSpec['buildArgs'],
  platform: Platform,
  buildPlatform: Platform,
): BuildSpec {
  return {
    context: { kind: 'directory', path: dirname(dockerfile) },
    dockerfile,
    buildArgs,
    labels: {},
    platform,
    buildPlatform,
    reproducible: false,
    singleSnapshot: false,
    ignorePaths: [],
    snapshotter: 'auto',
  };
}

function tell(warmed: readonly WarmedImage[], removed: readonly WarmEntry[], reporter: Reporter): void {
  for (const { reference, platform, digest, layers, fetchedBytes, presentBytes } of warmed)
    reporter.info(
      `${reference} (${platform}) is ${digest}: ${layers} layers, ${formatBytes(fetchedBytes)} fetched, ${formatBytes(presentBytes)} there already`,
    );
  for (const entry of removed) reporter.info(`${nameOf(entry)} removed: nobody asked for it`);
}

function nameOf({ reference, platform }: WarmEntry): string {
  return `${reference} (${platform})`;
}
