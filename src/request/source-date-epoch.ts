import { BuildError } from '../errors/index.ts';

/** Largest second a JavaScript date and RFC 3339 with four-digit years can both express: 9999-12-31T23:59:59Z. */
const LATEST = 253_402_300_799;

const NAME = 'SOURCE_DATE_EPOCH';
/** Asks for the time the build context was made, where it has one. */
const OF_CONTEXT = 'context';

/**
 * The build arguments with SOURCE_DATE_EPOCH among them: one that is given already, empty or not, wins, then the first
 * candidate that is set (an input, then the environment), as buildx has it.
 */
export function withEpochArgument(
  buildArgs: Readonly<Record<string, string>>,
  candidates: readonly (string | undefined)[],
): Readonly<Record<string, string>> {
  const text = candidates.find((candidate) => candidate !== undefined && candidate !== '');
  return text === undefined || Object.hasOwn(buildArgs, NAME) ? buildArgs : { ...buildArgs, [NAME]: text };
}

/** The time that the build arguments give, in seconds; undefined where it is still to be had from the context. Throws USAGE. */
export function epochOf(buildArgs: Readonly<Record<string, string>>): number | undefined {
  const text = Object.hasOwn(buildArgs, NAME) ? buildArgs[NAME] : undefined;
  return text === OF_CONTEXT ? undefined : sourceDateEpoch(text);
}

/**
 * The settings with the time of the context (seconds, undefined where it has none) where SOURCE_DATE_EPOCH asks for it.
 * Without a time the argument is as good as not given.
 */
export function withContextEpoch<
  T extends {
    readonly buildArgs: Readonly<Record<string, string>>;
    readonly sourceDateEpoch?: number | undefined;
  },
>(settings: T, time: number | undefined): T {
  const { [NAME]: text, ...others } = settings.buildArgs;
  if (text !== OF_CONTEXT) return settings;
  if (time === undefined) return { ...settings, buildArgs: others };
  return { ...settings, buildArgs: { ...others, [NAME]: String(time) }, sourceDateEpoch: time };
}

/**
 * SOURCE_DATE_EPOCH in seconds; undefined for none and for an empty one. Throws USAGE where it is no whole number of
 * seconds. https://reproducible-builds.org/specs/source-date-epoch/
 */
export function sourceDateEpoch(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  const seconds = /^[0-9]+$/.test(text) ? Number(text) : Number.NaN;
  if (!(seconds <= LATEST)) {
    throw new BuildError('USAGE', `invalid SOURCE_DATE_EPOCH ${JSON.stringify(text)}`, {
      hint: 'give whole seconds since 1970, for instance the output of: git log -1 --pretty=%ct',
    });
  }
  return seconds;
}
