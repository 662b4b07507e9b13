/**
 * Compares our builder with others, case by case (`npm run test:differential`; names of cases after `--` pick some of them).
 * `--record` writes down what BuildKit makes of the cases that are named, or of those that have no expectation yet;
 * `--show` prints how ours and the expectation differ, without a verdict.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startBuildKit } from '../test/support/differential/buildkit.ts';
import { readCases, type Case } from '../test/support/differential/cases.ts';
import { disagreements } from '../test/support/differential/compare.ts';
import { expectationOf, record } from '../test/support/differential/expectations.ts';
import { outcome } from '../test/support/differential/harness.ts';
import { startWorkbench, type Workbench } from '../test/support/differential/workbench.ts';

const CASES = join(import.meta.dirname, '../test/differential/cases');

const { values, positionals } = parseArgs({
  options: { record: { type: 'boolean' }, show: { type: 'boolean' } },
  allowPositionals: true,
});
const chosen = readCases(CASES).filter(({ name }) => positionals.length === 0 || positionals.includes(name));

if (values.record === true) await withWorkbench(recordCases);
if (values.show === true) await withWorkbench(showCases);
if (values.record !== true && values.show !== true) runTests();

async function withWorkbench(use: (workbench: Workbench) => Promise<void>): Promise<void> {
  const workbench = await startWorkbench();
  try {
    await use(workbench);
  } finally {
    await workbench.close();
  }
}

async function recordCases({ bases, base }: Workbench): Promise<void> {
  const oracle = await startBuildKit(bases);
  try {
    await inPairs(wanted(), async (it) => {
      const answer = await outcome(oracle, it, base);
      record(it, answer);
      console.log(`${it.name}: ${'image' in answer ? 'recorded' : answer.failure}`);
    });
  } finally {
    await oracle.stop();
  }
}

function wanted(): Case[] {
  const open = chosen.filter((it) => it.byHand === undefined);
  return positionals.length > 0 ? open : open.filter((it) => expectationOf(it) === undefined);
}

async function showCases({ base, ours }: Workbench): Promise<void> {
  await inPairs(chosen, async (it) => {
    const expected = expectationOf(it);
    const actual = await outcome(ours, it, base);
    const found = expected === undefined ? [] : disagreements(expected, actual);
    const words = 'failure' in actual ? [actual.failure] : [];
    if (found.length > 0 || words.length > 0)
      console.log(it.name, JSON.stringify(found, undefined, 1), ...words);
  });
}

async function inPairs(cases: readonly Case[], work: (it: Case) => Promise<void>): Promise<void> {
  const left = [...cases];
  const worker = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) await work(next);
  };
  await Promise.all([worker(), worker()]);
}

function runTests(): void {
  const vitest = fileURLToPath(import.meta.resolve('vitest/vitest.mjs'));
  const pattern = positionals.length === 0 ? [] : ['-t', `(${positionals.join('|')})`];
  const words = [vitest, 'run', '--project', 'differential', ...pattern];
  process.exitCode = spawnSync(process.execPath, words, { stdio: 'inherit' }).status ?? 1;
}
