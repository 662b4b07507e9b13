import { BuildError } from '../errors/index.ts';

/** Largest second a JavaScript date and RFC 3339 with four-digit years can both express: 9999-12-31T23:59:59Z. */
const LATEST = 253_402_300_799;

/**
 * SOURCE_DATE_EPOCH in seconds: the first candidate that is set wins (build argument, then input, then environment);
 * undefined where none is. Throws USAGE where that one is no whole number of seconds.
 * https://reproducible-builds.org/specs/source-date-epoch/
 */
export function sourceDateEpoch(...candidates: readonly (string | undefined)[]): number | undefined {
  const text = candidates.find((candidate) => candidate !== undefined && candidate !== '');
  if (text === undefined) return undefined;
  const seconds = /^[0-9]+$/.test(text) ? Number(text) : Number.NaN;
  if (!(seconds <= LATEST)) {
    throw new BuildError('USAGE', `invalid SOURCE_DATE_EPOCH ${JSON.stringify(text)}`, {
      hint: 'give whole seconds since 1970, for instance the output of: git log -1 --pretty=%ct',
    });
  }
  return seconds;
}
