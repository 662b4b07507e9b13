import { BuildError } from '../errors/index.ts';

const UNITS: Readonly<Record<string, number>> = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000, ms: 1 };

/** Milliseconds of a duration as Go writes it, `336h` or `1h30m`, and in days, `14d`; `name` is for messages. Throws USAGE. */
export function parseDuration(text: string, name: string): number {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|d|h|m|s)/g)];
  const read = parts.map(([whole]) => whole).join('');
  if (text !== '0' && (read === '' || read !== text.replace(/^[-+]/, '')))
    throw new BuildError('USAGE', `${name} ${JSON.stringify(text)} is no duration`, {
      hint: 'write it like 336h or 30m',
    });
  const total = parts.reduce(
    (sum, [, count = '0', unit = 'ms']) => sum + Number(count) * (UNITS[unit] ?? 0),
    0,
  );
  return text.startsWith('-') ? -total : total;
}
