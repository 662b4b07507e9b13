import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Case } from './cases.ts';
import type { Expected } from './compare.ts';

const fileOf = ({ directory }: Case): string => join(directory, 'expected.json');

/** What a case has to give; undefined where nothing is recorded yet. */
export function expectationOf(it: Case): Expected | undefined {
  const file = fileOf(it);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Expected) : undefined;
}

/** Records what an oracle made of a case. */
export function record(it: Case, outcome: Expected): void {
  writeFileSync(fileOf(it), `${JSON.stringify(outcome, undefined, 2)}\n`);
}
