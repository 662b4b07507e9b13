/**
 * Runs the tests, one kind after another so that none disturbs another: quick ones first. Arguments are handed to vitest
 * in place of that (`npm test -- test/e2e/nginx.test.ts`). Ends with a line `N passed, N failed, N skipped`.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installTestTools } from './install-test-tools.ts';

/** Projects of vitest.config.ts that may run side by side. */
const KINDS: readonly (readonly string[])[] = [
  ['unit', 'golden', 'property'],
  ['security'],
  ['integration'],
  ['e2e'],
  ['differential'],
  ['environments'],
];

interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

const work = mkdtempSync(join(tmpdir(), 'ts-kaniko-tests-'));
try {
  console.log(installTestTools());
  process.exitCode = tell(runAll(process.argv.slice(2)));
} finally {
  rmSync(work, { recursive: true, force: true });
}

function runAll(words: readonly string[]): Counts {
  if (words.length > 0) return run(words);
  let total: Counts = { passed: 0, failed: 0, skipped: 0 };
  for (const projects of KINDS) {
    const counts = run(projects.flatMap((name) => ['--project', name]));
    console.log(`${projects.join(', ')}: ${sentence(counts)}\n`);
    total = {
      passed: total.passed + counts.passed,
      failed: total.failed + counts.failed,
      skipped: total.skipped + counts.skipped,
    };
  }
  return total;
}

function run(words: readonly string[]): Counts {
  const file = join(work, 'results.json');
  rmSync(file, { force: true });
  const vitest = join(import.meta.dirname, '../node_modules/vitest/vitest.mjs');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const { status } = spawnSync(process.execPath, [vitest, 'run', ...reporters, ...words], {
    stdio: 'inherit',
  });
  return countsOf(file, status ?? 1);
}

function countsOf(file: string, status: number): Counts {
  try {
    const results = JSON.parse(readFileSync(file, 'utf8')) as Record<string, number>;
    const { numPassedTests = 0, numFailedTests = 0, numPendingTests = 0, numFailedTestSuites = 0 } = results;
    // A file that cannot be loaded has no failed test, and is a failure all the same.
    const failed = numFailedTests > 0 ? numFailedTests : status === 0 ? 0 : Math.max(numFailedTestSuites, 1);
    return { passed: numPassedTests, failed, skipped: numPendingTests };
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

function tell(counts: Counts): number {
  console.log(sentence(counts));
  return counts.failed === 0 && counts.passed > 0 ? 0 : 1;
}

function sentence({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}
