import { accessSync, constants, mkdirSync, realpathSync, statfsSync, statSync } from 'node:fs';
import { mountOf, restrictionsOf, type MountEntry } from '../mount-info.ts';
import type { ScratchPlace } from './scratch-places.ts';

/** A place after a look at it. */
export interface WeighedPlace extends ScratchPlace {
  /** Free of links, where it can be used. */
  readonly directory: string;
  readonly fsType: string;
  /** Bytes this user may still write there. */
  readonly freeBytes: number;
  /** Why it cannot be used at all. */
  readonly problem?: string | undefined;
  /** What speaks against it, in words. */
  readonly drawbacks: readonly string[];
  /** How much speaks against it: 0 nothing, 1 that it lies on an overlay, more for more. */
  readonly weight: number;
}

/** A small base image, unpacked, and its blobs. What a build needs is not known before its bases are. */
const LEAST_BYTES = 1024 ** 3;

/** On an overlay alone: everything works there, more slowly. */
export const ON_OVERLAY = 1;
const WEIGHTS = { overlay: ON_OVERLAY, noexec: 2, small: 4, context: 8 } as const;

/** Looks at every place, each directory once, makes those that are named but not there, and leaves nothing in them. */
export function weighPlaces(
  places: readonly ScratchPlace[],
  mounts: readonly MountEntry[],
  contexts: readonly string[],
): WeighedPlace[] {
  const within = contexts.flatMap((context) => realpathIfThere(context) ?? []);
  const weighed = places.map((place) => weigh(place, mounts, within));
  const first = new Map(weighed.toReversed().map((place) => [place.directory, place]));
  return weighed.filter((place) => first.get(place.directory) === place);
}

function weigh(
  place: ScratchPlace,
  mounts: readonly MountEntry[],
  contexts: readonly string[],
): WeighedPlace {
  const unusable = (problem: string): WeighedPlace => ({
    ...place,
    ...{ fsType: 'unknown', freeBytes: 0, problem, drawbacks: [], weight: Number.POSITIVE_INFINITY },
  });
  try {
    mkdirSync(place.directory, { recursive: true });
    const directory = realpathSync(place.directory);
    if (!statSync(directory).isDirectory()) return unusable('no directory');
    accessSync(directory, constants.W_OK | constants.X_OK);
    const mount = mountOf(mounts, directory);
    const fsType = mount?.fsType ?? 'unknown';
    const { bavail, bsize } = statfsSync(directory);
    const freeBytes = bavail * bsize;
    const found = {
      overlay: fsType === 'overlay' ? 'on an overlay, which can hold no other' : undefined,
      noexec: restrictionsOf(mount).includes('noexec') ? 'mounted noexec' : undefined,
      small: freeBytes < LEAST_BYTES ? `only ${inGibibytes(freeBytes)} free` : undefined,
      context: contexts.some((context) => `${directory}/`.startsWith(`${context}/`))
        ? 'in the build context'
        : undefined,
    };
    const against = Object.entries(found).filter(([, text]) => text !== undefined);
    return {
      ...place,
      ...{ directory, fsType, freeBytes, drawbacks: against.map(([, text]) => text ?? '') },
      weight: against.reduce((sum, [name]) => sum + WEIGHTS[name as keyof typeof WEIGHTS], 0),
    };
  } catch (error) {
    return unusable(`it cannot be written to (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`);
  }
}

/** `1.5 GiB`. */
export function inGibibytes(bytes: number): string {
  return `${(bytes / 1024 ** 3).toFixed(1)} GiB`;
}

function realpathIfThere(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}
