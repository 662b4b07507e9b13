import { describe, expect, it } from 'vitest';
import { changesFiles, stagesOnDisk } from '../../../src/plan/index.ts';
import { fakeImages, planOf } from '../../support/planning.ts';

const onDisk = async (lines: readonly string[]): Promise<string[]> => {
  const plan = await planOf(lines.join('\n'), {}, fakeImages({ base: {}, tools: {} }));
  const stages = stagesOnDisk(plan);
  return plan.stages.filter((stage) => stages.has(stage)).map(({ label }) => label);
};

describe('stages whose files lie on disk', () => {
  it.each([
    ['none where nothing runs and nothing is copied out', ['FROM base AS a', 'COPY x y', 'WORKDIR /w'], []],
    ['one that runs something, and its bases', ['FROM base AS a', 'FROM a AS b', 'RUN x'], ['a', 'b']],
    [
      'what others copy from, image or stage',
      ['FROM base AS a', 'FROM base AS b', 'COPY --from=a / /', 'COPY --from=tools / /'],
      ['a', 'tools'],
    ],
    ['those built on one that runs', ['FROM base AS a', 'RUN x', 'FROM a AS b', 'COPY x y'], ['a', 'b']],
  ])('%s', async (_what, lines, expected) => {
    expect(await onDisk(lines)).toEqual(expected);
  });
});

describe('changesFiles', () => {
  it.each([
    ['RUN x', true],
    ['COPY a b', true],
    ['ADD a b', true],
    ['WORKDIR /w', true],
    ['ENV A=1', false],
    ['VOLUME /v', false],
    ['USER me', false],
  ])('%s: %s', async (line, expected) => {
    expect(changesFiles((await planOf(`FROM base\n${line}`)).target)).toBe(expected);
  });
});
