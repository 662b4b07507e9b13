import { describe, expect, it } from 'vitest';
import { changesFiles, needsOf } from '../../../src/plan/index.ts';
import { fakeImages, planOf } from '../../support/planning.ts';

const onDisk = async (lines: readonly string[]): Promise<string[]> => {
  const plan = await planOf(lines.join('\n'), {}, fakeImages({ base: {}, tools: {} }));
  const stages = needsOf(plan).onDisk;
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

describe('what is left to do where some is done already', () => {
  const FILE = [
    'FROM base AS tools',
    'RUN make tools',
    'FROM base AS app',
    'COPY a /a',
    'RUN --mount=from=tools make app',
    'FROM scratch',
    'COPY --from=app /a /a',
    'COPY b /b',
  ].join('\n');
  const left = async (done: readonly string[]) => {
    const plan = await planOf(FILE);
    const needs = needsOf(plan, ({ instruction }) => done.includes(instruction.original));
    const names = (stages: Iterable<{ readonly label: string }>): string[] =>
      [...stages].map(({ label }) => label);
    return {
      stages: names(needs.stages),
      onDisk: names(needs.onDisk).sort(),
      fromStart: names(needs.fromStart),
      runs: needs.runs,
    };
  };

  it('nothing done: all of it', async () => {
    expect(await left([])).toEqual({
      stages: ['tools', 'app', 'stage-2'],
      onDisk: ['app', 'tools'],
      fromStart: ['tools', 'app', 'stage-2'],
      runs: true,
    });
  });

  it('a stage that is only copied from by what is done has no part', async () => {
    expect(await left(['COPY --from=app /a /a'])).toEqual({
      stages: ['stage-2'],
      onDisk: [],
      fromStart: [],
      runs: false,
    });
  });

  it('a stage whose steps are all done is there to be copied from, without running anything', async () => {
    expect(await left(['COPY a /a', 'RUN --mount=from=tools make app', 'RUN make tools'])).toEqual({
      stages: ['app', 'stage-2'],
      onDisk: ['app'],
      fromStart: ['stage-2'],
      runs: false,
    });
  });

  it('a step that is to run needs what it mounts', async () => {
    expect(await left(['COPY a /a', 'COPY --from=app /a /a'])).toMatchObject({ stages: ['stage-2'] });
    expect(await left(['COPY a /a', 'RUN make tools'])).toMatchObject({
      stages: ['tools', 'app', 'stage-2'],
      onDisk: ['app', 'tools'],
      fromStart: ['stage-2'],
      runs: true,
    });
  });
});
