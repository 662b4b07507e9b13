/** Builds proot for the tests, by the script that builds it for the builder's image: no release of Debian has a new enough one. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { TEST_PROOT } from '../test/support/environments/test-proot.ts';

const SCRIPT = join(import.meta.dirname, '../docker/build-proot.sh');

/** What the script needs that may be missing on a Debian with build tools. */
export const PROOT_PACKAGES = ['gcc', 'libc6-dev', 'libtalloc-dev', 'make'];

/** Whether it is there already. */
export function hasTestProot(): boolean {
  return existsSync(TEST_PROOT);
}

/** Returns one sentence for the log, and never fails. */
export function buildTestProot(): string {
  const { status, stderr } = spawnSync('sh', [SCRIPT, TEST_PROOT], { encoding: 'utf8' });
  if (status === 0) return `built ${TEST_PROOT}`;
  console.error(stderr);
  return `${TEST_PROOT} could not be built`;
}
