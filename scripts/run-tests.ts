/**
 * Runs all tests; arguments are handed to vitest (`npm test -- test/e2e/nginx.test.ts`). Ends with a line
 * `N passed, N failed, N skipped` and the reasons why tests were skipped.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installTestTools } from './install-test-tools.ts';

interface Results {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numFailedTestSuites: number;
}

const work = mkdtempSync(join(tmpdir(), 'ts-kaniko-tests-'));
try {
  console.log(installTestTools());
  process.exitCode = runTests();
} finally {
  rmSync(work, { recursive: true, force: true });
}

function runTests(): number {
  const file = join(work, 'results.json');
  const vitest = fileURLToPath(import.meta.resolve('vitest/vitest.mjs'));
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const { status } = spawnSync(process.execPath, [vitest, 'run', ...reporters, ...process.argv.slice(2)], {
    stdio: 'inherit',
  });
  return summarise(file, status ?? 1);
}

function summarise(file: string, status: number): number {
  let results: Results;
  try {
    results = JSON.parse(readFileSync(file, 'utf8')) as Results;
  } catch {
    console.log('0 passed, 1 failed');
    return 1;
  }
  const { numPassedTests: passed, numPendingTests: skipped, numFailedTests } = results;
  // A file that cannot be loaded has no failed test, and is a failure all the same.
  const failed =
    numFailedTests > 0 ? numFailedTests : status === 0 ? 0 : Math.max(results.numFailedTestSuites, 1);
  console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
  return failed === 0 && passed > 0 ? 0 : 1;
}
