import type { Flattened } from './flatten.ts';

/** What a case has to give: recorded from an oracle or written by hand. */
export type Expected =
  | { readonly from: string; readonly image: ExpectedImage }
  | { readonly from: string; readonly failure: string };

export interface ExpectedImage {
  readonly files: Readonly<Record<string, string>>;
  /** Paths of the base image that are gone. */
  readonly removed: readonly string[];
  readonly config: Readonly<Record<string, unknown>>;
  readonly history: readonly unknown[];
}

/** The image without what it has from a base, where it is built upon it: of files and of history rows. */
export function beyondBase(image: Flattened, base: Flattened, ignore: readonly string[] = []): ExpectedImage {
  const based = base.diffIds.every((id, index) => image.diffIds[index] === id);
  const under = based ? base.files : {};
  const changed = Object.entries(image.files).filter(
    ([path, line]) => !sameAsBase(line, under[path]) && !ignore.includes(path),
  );
  return {
    files: Object.fromEntries(changed),
    removed: Object.keys(under).filter((path) => !(path in image.files)),
    config: withoutEmpty(image.config),
    history: image.history.slice(based ? base.history.length : 0),
  };
}

/** A directory of the base whose entries changed may or may not be in a layer again: its time does not count. */
function sameAsBase(line: string, base: string | undefined): boolean {
  if (line === base) return true;
  const [kind, mode, owner, time, ...rest] = line.split(' ');
  return (
    kind === 'dir' &&
    time === 'now' &&
    base?.startsWith(`dir ${mode} ${owner} `) === true &&
    rest.length === 0
  );
}

/** Empty fields say the same as absent ones. */
function withoutEmpty(config: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const told = Object.entries(config).filter(
    ([, value]) =>
      !(value === undefined || value === null || value === '' || value === false || isEmpty(value)),
  );
  return Object.fromEntries(told.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

/** One place where two images differ, for instance `files /etc/x`, with what each has there. */
export interface Difference {
  readonly where: string;
  readonly expected: unknown;
  readonly actual: unknown;
}

/** Every place where the images differ. */
export function differences(expected: ExpectedImage, actual: ExpectedImage): Difference[] {
  const [left, right] = [places(expected), places(actual)];
  const all = [...new Set([...left.keys(), ...right.keys()])];
  return all
    .map((where) => ({ where, expected: left.get(where), actual: right.get(where) }))
    .filter((place) => canonical(place.expected) !== canonical(place.actual));
}

function places({ files, removed, config, history }: ExpectedImage): Map<string, unknown> {
  return new Map<string, unknown>([
    ...Object.entries(files).map(([path, line]) => [`files ${path}`, line] as const),
    ...removed.map((path) => [`removed ${path}`, true] as const),
    ...Object.entries(config).map(([name, value]) => [`config ${name}`, value] as const),
    ...history.map((row, index) => [`history ${index}`, row] as const),
  ]);
}

/** JSON whose keys are sorted: objects are maps in Go. */
function canonical(value: unknown): string | undefined {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

/** Every place where two outcomes differ; where one of them is no image, that is the one difference. */
export function disagreements(expected: Expected, actual: Expected): Difference[] {
  if ('image' in expected && 'image' in actual) return differences(expected.image, actual.image);
  if ('failure' in expected && 'failure' in actual) return [];
  return [{ where: 'result', expected: resultOf(expected), actual: resultOf(actual) }];
}

function resultOf(outcome: Expected): string {
  return 'image' in outcome ? 'an image' : `refused: ${outcome.failure}`;
}
