import { againstIt, type TriedPlace } from '../scratch/find-scratch.ts';
import { inGibibytes } from '../scratch/weigh-places.ts';

/** Places for scratch space, and the one that is taken. */
export interface DoctorPlaces {
  readonly chosen: string;
  readonly places: readonly TriedPlace[];
}

/** A line for each place, indented, without a line break at the end: whether it is taken, what it is, what speaks against it. */
export function placeTable({ chosen, places }: DoctorPlaces): string {
  const width = (texts: readonly string[]): number => Math.max(...texts.map(({ length }) => length));
  const directories = width(places.map(({ directory }) => directory));
  const origins = width(places.map(({ origin }) => origin));
  const types = width(places.map(({ fsType }) => fsType));
  return places
    .map((place) => {
      const { directory, origin, fsType, freeBytes, problem } = place;
      const size = problem === undefined ? inGibibytes(freeBytes) : '';
      const mark = directory === chosen ? '*' : ' ';
      const facts = [directory.padEnd(directories), origin.padEnd(origins), fsType.padEnd(types)];
      return `  ${mark} ${[...facts, size.padStart(10), verdict(place)].join('  ')}`.trimEnd();
    })
    .join('\n');
}

function verdict(place: TriedPlace): string {
  const { problem, drawbacks, overlay } = place;
  if (problem !== undefined || drawbacks.length > 0 || overlay === false) return againstIt(place);
  return overlay === true ? 'overlays can be mounted' : '';
}
