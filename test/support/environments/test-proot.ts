import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const SOURCES = ['build-proot.sh', 'proot-owners.c', 'proot-unknown.h'].map((name) =>
  join(import.meta.dirname, '../../../docker', name),
);

/** The proot that scripts/install-test-tools.ts builds of these sources; it lies in no PATH, as most machines have none that works. */
export const TEST_PROOT = `/usr/local/lib/ts-kaniko-tests/proot-${identity()}`;

function identity(): string {
  const hash = createHash('sha256');
  for (const file of SOURCES) hash.update(readFileSync(file));
  return hash.digest('hex').slice(0, 12);
}
