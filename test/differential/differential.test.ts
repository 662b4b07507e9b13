import { join } from 'node:path';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { startBuildKit, type BuildKit } from '../support/differential/buildkit.ts';
import { readCases, type Case } from '../support/differential/cases.ts';
import { disagreements } from '../support/differential/compare.ts';
import { readDivergences, stale, unexplained } from '../support/differential/divergences.ts';
import { noDocker } from '../support/differential/docker-programs.ts';
import { expectationOf } from '../support/differential/expectations.ts';
import { outcome } from '../support/differential/harness.ts';
import { noWorkbench, startWorkbench, type Workbench } from '../support/differential/workbench.ts';
import { titled } from '../support/e2e/requirements.ts';

const CASES = readCases(join(import.meta.dirname, 'cases'));
const DIVERGENCES = readDivergences(join(import.meta.dirname, 'divergences.json'));
/** Every so many cases are built by the oracle again: the listings have to be what it says today. */
const SAMPLE = process.env['TS_KANIKO_DIFFERENTIAL'] === 'full' ? 1 : 6;

const reason = noWorkbench();
const noOracle = reason ?? noDocker();
let workbench: Workbench;

beforeAll(async () => {
  if (reason === undefined) workbench = await startWorkbench();
});
afterAll(() => workbench?.close());

describe.skipIf(reason !== undefined).concurrent(titled('our images are those of BuildKit', reason), () => {
  it.for(CASES)('$name', async (one, { expect }) => {
    const actual = await outcome(workbench.ours, one, workbench.base);
    const found = disagreements(expected(one), actual);
    expect(unexplained(found, DIVERGENCES, 'ts-kaniko', one.name)).toEqual([]);
    expect(stale(found, DIVERGENCES, 'ts-kaniko', one.name)).toEqual([]);
    if (one.says !== undefined) expect('failure' in actual ? actual.failure : 'an image').toContain(one.says);
  });
});

describe.skipIf(noOracle !== undefined).concurrent(titled('BuildKit still says so', noOracle), () => {
  let oracle: BuildKit;
  beforeAll(async () => {
    oracle = await startBuildKit(workbench.bases);
  });
  afterAll(() => oracle?.stop());
  const judged = CASES.filter(({ byHand }) => byHand === undefined);
  it.for(judged.filter((_, index) => index % SAMPLE === 0))('$name', async (one, { expect }) => {
    expect(disagreements(expected(one), await outcome(oracle, one, workbench.base))).toEqual([]);
  });
});

function expected(one: Case) {
  const expectation = expectationOf(one);
  if (expectation === undefined)
    throw new Error(`nothing is expected yet: node scripts/run-differential.ts --record ${one.name}`);
  return expectation;
}
