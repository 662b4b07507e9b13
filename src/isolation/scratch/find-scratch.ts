import { readFileSync } from 'node:fs';
import { BuildError } from '../../errors/index.ts';
import type { IsolationChoice } from '../../request/index.ts';
import type { BackendName } from '../backend/backend.ts';
import { parseMountInfo } from '../mount-info.ts';
import { isContainer } from '../probe/machine-facts.ts';
import { probeIsolation, type ProbeReport } from '../probe/probe-isolation.ts';
import { scratchPlaces } from './scratch-places.ts';
import { inGibibytes, ON_OVERLAY, weighPlaces, type WeighedPlace } from './weigh-places.ts';

export interface ScratchWish {
  /** The directory that was asked for by name: no other is taken. */
  readonly wanted?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Directories that scratch space should not lie in. */
  readonly contexts?: readonly string[] | undefined;
  readonly only?: IsolationChoice | undefined;
  readonly force?: boolean | undefined;
  /** Every backend is tried, for a table. */
  readonly everything?: boolean | undefined;
  /** Nothing is tried where what is mounted there settles it: a build out of the cache needs no isolation. */
  readonly lazily?: boolean | undefined;
}

/** A place, with what came of mounting an overlay whose upper directory lies there. */
export interface TriedPlace extends WeighedPlace {
  /** Undefined where that was not tried. */
  readonly overlay?: boolean | undefined;
}

export interface FoundScratch {
  readonly place: TriedPlace;
  /** All that were looked at, in the order in which they are preferred. */
  readonly places: readonly TriedPlace[];
  /** What was found out at the place; undefined where nothing had to be tried. */
  readonly report: ProbeReport | undefined;
}

/** Backends that mount. */
const MOUNTING: readonly (BackendName | undefined)[] = [
  ...(['mountns', 'sudo', 'userns-identity', 'userns-full', 'userns-single'] as const),
];
/** Upper directories of overlays are known to work there. */
const KNOWN_TYPES = new Set(['ext2', 'ext3', 'ext4', 'xfs', 'btrfs', 'f2fs', 'tmpfs']);

/**
 * Finds where scratch space goes: the first place that has room, is no part of a context, and where an overlay can be
 * mounted; that is tried. Throws FILESYSTEM where nothing can be written anywhere, or not where it was asked for.
 */
export async function findScratch(wish: ScratchWish): Promise<FoundScratch> {
  const places = weighedPlaces(wish);
  const usable = preferred(places);
  const [first] = usable;
  if (first === undefined) throw nowhere(places, wish.wanted);
  const others = usable.slice(1).filter(({ weight }) => weight <= ON_OVERLAY);
  const isSettled = others.length === 0 || (first.weight === 0 && KNOWN_TYPES.has(first.fsType));
  if (wish.lazily === true && isSettled) return { place: first, places, report: undefined };
  const report = await probeAt(first, wish);
  if (report.overlay || !MOUNTING.includes(report.chosen)) return found(places, first, report);
  for (const place of others) {
    if ((await probeAt(place, { ...wish, only: report.chosen })).overlay)
      return found(places, place, await probeAt(place, wish));
  }
  return found(places, first, report);
}

/** Tries every place, for a table. Never throws for what does not work. */
export async function tryPlaces(
  wish: ScratchWish,
  chosen: BackendName | undefined,
): Promise<readonly TriedPlace[]> {
  const places = weighedPlaces(wish);
  if (!MOUNTING.includes(chosen)) return places;
  return Promise.all(
    places.map(async (place) => {
      if (place.problem !== undefined) return place;
      return { ...place, overlay: (await probeAt(place, { ...wish, only: chosen })).overlay };
    }),
  );
}

/** One line for the log: where, and why nowhere better. */
export function placeLine({ place, places }: Pick<FoundScratch, 'place' | 'places'>): string {
  const better = places.slice(0, places.indexOf(place));
  const passed = better.map((other) => `not ${other.directory} (${other.origin}): ${againstIt(other)}`);
  const { origin, directory, fsType, freeBytes, drawbacks } = place;
  const name = origin === directory ? '' : `${origin}, `;
  const what = `${name}${fsType}, ${inGibibytes(freeBytes)} free`;
  return `scratch space: ${[`${directory} (${[what, ...drawbacks].join(', ')})`, ...passed].join('; ')}`;
}

/** Why a place is not the one; or what is missing. */
export function againstIt({ problem, drawbacks, overlay }: TriedPlace): string {
  if (problem !== undefined) return problem;
  if (drawbacks.length > 0) return drawbacks.join(', ');
  return overlay === true ? '' : 'no overlay can be mounted there';
}

function weighedPlaces({ wanted, env, contexts = [] }: ScratchWish): WeighedPlace[] {
  const mounts = parseMountInfo(readFileSync('/proc/self/mountinfo', 'utf8'));
  const places =
    wanted === undefined
      ? scratchPlaces(env, mounts, isContainer(env))
      : [{ origin: 'asked for', directory: wanted }];
  return weighPlaces(places, mounts, contexts);
}

/** Those that can be used, the best first. */
function preferred(places: readonly WeighedPlace[]): WeighedPlace[] {
  return places.filter(({ problem }) => problem === undefined).sort((a, b) => a.weight - b.weight);
}

function probeAt(
  { directory }: WeighedPlace,
  { env, only, force, everything }: ScratchWish,
): Promise<ProbeReport> {
  return probeIsolation({ scratchParent: directory, env, only, force, everything });
}

function found(places: readonly WeighedPlace[], place: WeighedPlace, report: ProbeReport): FoundScratch {
  const tried = { ...place, overlay: report.overlay };
  return { place: tried, places: places.map((other) => (other === place ? tried : other)), report };
}

function nowhere(places: readonly WeighedPlace[], wanted: string | undefined): BuildError {
  const tried = places.map(({ directory, problem }) => `${directory}: ${problem ?? ''}`).join('; ');
  return new BuildError('FILESYSTEM', `no scratch directory can be made (${tried})`, {
    hint:
      wanted === undefined
        ? 'name a directory that can be written to by --scratch-dir (input scratch-dir) or TMPDIR'
        : 'name another directory, or leave it out: a place is found then',
  });
}
