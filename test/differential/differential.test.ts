import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { noBuildah, prepareBuildah, type Buildah } from '../support/differential/buildah.ts';
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
const IS_FULL = process.env['TS_KANIKO_DIFFERENTIAL'] === 'full';
/** One case of so many is built by other builders again: the listings have to be what they say today. */
const SAMPLE = 6;
/** The cases that are compared with buildah. */
const COMPARABLE =
  /^(?:add-(?:archive|fail|not|plain|several|truncated|unpack)|copy-chown(?!-overflow)|arg-(?:build|default|quotes))/;

const reason = noWorkbench();
const noOracle = reason ?? noDocker();
const noSecond = reason ?? noBuildah();
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
  let oracle: BuildKit | undefined;
  let notStarted = '';
  beforeAll(async () => {
    oracle = await startBuildKit(workbench.bases).catch((error: unknown) => {
      notStarted = `dockerd does not start on this machine: ${String(error)}`;
      return undefined;
    });
  });
  afterAll(() => oracle?.stop());
  it.for(sampled())('$name', async (one, { expect, skip }) => {
    if (oracle === undefined) return skip(notStarted);
    expect(disagreements(expected(one), await outcome(oracle, one, workbench.base))).toEqual([]);
  });
});

describe.skipIf(noSecond !== undefined).concurrent(titled('buildah agrees where it can', noSecond), () => {
  let second: Buildah;
  beforeAll(async () => {
    second = await prepareBuildah(workbench.host);
  });
  afterAll(() => second?.remove());
  it.for(comparable())('$name', async (one, { expect }) => {
    const found = disagreements(expected(one), await outcome(second, one, workbench.base));
    expect(unexplained(found, DIVERGENCES, 'buildah', one.name)).toEqual([]);
  });
});

/** Cases that BuildKit is asked again: some by their names, the same whatever cases are added. */
function sampled(): Case[] {
  return judged().filter(({ name }) => IS_FULL || hash(name) % SAMPLE === 0);
}

/** Where buildah means the same as BuildKit but for what the table of divergences tells. */
function comparable(): Case[] {
  return judged().filter(({ name }) => COMPARABLE.test(name));
}

function judged(): Case[] {
  return CASES.filter(({ byHand }) => byHand === undefined);
}

function hash(name: string): number {
  return createHash('sha256').update(name).digest()[0] ?? 0;
}

function expected(one: Case) {
  const expectation = expectationOf(one);
  if (expectation === undefined)
    throw new Error(`nothing is expected yet: node scripts/run-differential.ts --record ${one.name}`);
  return expectation;
}
