import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { differences } from '../differential/compare.ts';
import type { Flattened } from '../differential/flatten.ts';
import type { Attacked } from './attack.ts';
import type { Examined } from './examine.ts';

/** What is recorded of an environment and must come out again. */
export interface Outcome {
  readonly status: number | null;
  readonly backend: string | null;
  readonly passed: number;
  /** Names of checks. */
  readonly failed: readonly string[];
  /** Where the image differs from the one of E7: `/path: what it is there, what it is here`; null without an image. */
  readonly differences: readonly string[] | null;
  /** Names of the attacks of attacks.sh; null where nothing can be run. */
  readonly attacks: { readonly held: number; readonly succeeded: readonly string[] } | null;
}

export type Outcomes = Readonly<Record<string, Outcome>>;

const RECORD = join(import.meta.dirname, '../../environments/outcomes.json');

/** What was recorded, by the names of environments. */
export function recordedOutcomes(): Outcomes {
  return existsSync(RECORD) ? (JSON.parse(readFileSync(RECORD, 'utf8')) as Outcomes) : {};
}

export function recordOutcomes(outcomes: Outcomes): void {
  writeFileSync(RECORD, `${JSON.stringify(outcomes, undefined, 2)}\n`);
}

/** Judges a build by the image that root of a machine makes of the same files. */
export function outcomeOf(
  examined: Examined,
  reference: Flattened | undefined,
  attacked: Attacked | undefined,
): Outcome {
  const { build, backend, passed, failed, image } = examined;
  return {
    status: build.status,
    backend: backend ?? null,
    passed: passed.length,
    failed: Object.keys(failed).sort(),
    differences: image === undefined || reference === undefined ? null : between(reference, image),
    attacks: attacked === undefined ? null : attacksOf(attacked),
  };
}

/** What is recorded of attacks. */
export function attacksOf({ held, succeeded }: Attacked): NonNullable<Outcome['attacks']> {
  return { held: held.length, succeeded: Object.keys(succeeded).sort() };
}

/** Where an image differs from another: `/path: what it is there, what it is here`. */
export function between(reference: Flattened, image: Flattened): string[] {
  const all = ({ files, config, history }: Flattened) => ({ files, config, history, removed: [] });
  return differences(all(reference), all(image)).map(
    ({ where, expected, actual }) =>
      `${where.replace(/^files /, '')}: ${told(expected, actual)}; here ${told(actual, expected)}`,
  );
}

/** Kind, mode and owner, and what is not the same on the other side; digests and times of the build say nothing to a reader. */
function told(value: unknown, other: unknown): string {
  if (value === undefined) return 'absent';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const shared = new Set(typeof other === 'string' ? other.split(' ') : []);
  const words = text
    .replace(/ [0-9a-f]{64}/, '')
    .replace(/ now$/, '')
    .split(' ');
  return words.filter((word, index) => index < 3 || !shared.has(word)).join(' ');
}
