import { describe, expect, it } from 'vitest';
import type { Plan, PlannedStage } from '../../../src/plan/index.ts';
import { failure, fakeImages, planOf } from '../../support/planning.ts';

const labels = ({ stages }: Plan): string[] => stages.map(({ label }) => label);
const kinds = ({ instructions }: PlannedStage): string[] =>
  instructions.map(({ instruction, isOnbuild }) => `${isOnbuild ? 'onbuild ' : ''}${instruction.kind}`);
const THREE = 'FROM base AS One\nFROM base AS two\nFROM base';

describe('the target', () => {
  it.each([
    ['the last stage', undefined, 'stage-2'],
    ['the last stage where the name is empty', '', 'stage-2'],
    ['by name', 'two', 'two'],
    ['by name in any case', 'oNE', 'one'],
    ['by index', '0', 'one'],
    ['by the index of a stage without a name', '2', 'stage-2'],
  ])('is %s', async (_what, target, label) => {
    expect((await planOf(THREE, { target })).target.label.toLowerCase()).toBe(label);
  });

  it('is the last of several with one name', async () => {
    const plan = await planOf('FROM base AS a\nFROM base AS a\nFROM base', { target: 'a' });
    expect(plan.target.index).toBe(1);
  });

  it.each([
    ['twoo', 'target stage "twoo" could not be found (did you mean two?)'],
    ['3', 'target stage "3" could not be found'],
    ['-1', 'target stage "-1" could not be found'],
  ])('%j is told not to be there', async (target, message) => {
    const images = fakeImages({ base: {} });
    const error = await failure(planOf(THREE, { target }, images));
    expect(error).toMatchObject({ code: 'DOCKERFILE_SEMANTICS', message });
    expect(error.hint).toContain('two');
    expect(images.asked).toEqual([]);
  });

  it('hints at indexes where no stage has a name', async () => {
    const error = await failure(planOf('FROM base\nFROM base', { target: 'x' }));
    expect(error.hint).toContain('index from 0 to 1');
  });
});

describe('stages', () => {
  it('are only those the target needs; images of others are not even looked up', async () => {
    const images = fakeImages({ base: {}, tools: {} });
    const plan = await planOf(
      [
        'FROM base AS needed',
        'FROM gone AS unused',
        'COPY --from=gone-too / /',
        'FROM needed AS middle',
        'FROM tools',
        'COPY --from=middle /a /a',
        'FROM later',
      ].join('\n'),
      { target: '3' },
      images,
    );
    expect(labels(plan)).toEqual(['needed', 'middle', 'stage-3']);
    expect(images.asked.sort()).toEqual(['base linux/amd64', 'tools linux/amd64']);
  });

  it('share one look-up of an image, but not between platforms', async () => {
    const images = fakeImages({ base: {} });
    const text = [
      'FROM base AS a',
      'FROM --platform=linux/arm64 base AS b',
      'FROM base',
      'COPY --from=a / /',
      'COPY --from=b / /',
      'COPY --from=base / /',
      'COPY --from=base /x /y',
    ].join('\n');
    const { target } = await planOf(text, {}, images);
    expect(images.asked.sort()).toEqual(['base linux/amd64', 'base linux/arm64']);
    const [, , third, fourth] = target.instructions;
    expect(third?.source).toBe(fourth?.source);
  });

  it('start from an earlier stage before an image of that name', async () => {
    const images = fakeImages({ base: {}, debian: {} });
    const { target } = await planOf('FROM base AS debian\nFROM debian', {}, images);
    expect(target.base).toMatchObject({ kind: 'stage', stage: { index: 0 } });
    expect(images.asked).toEqual(['base linux/amd64']);
  });

  it('start from the image where the stage of that name comes later or is the same', async () => {
    const images = fakeImages({ base: {}, debian: {} });
    const { target } = await planOf('FROM debian AS debian', {}, images);
    expect(target.base.kind).toBe('image');
  });

  it('keep the platform of the stage they start from', async () => {
    const { target } = await planOf('FROM --platform=linux/arm64 base AS a\nFROM --platform=linux/s390x a');
    expect(target.platform).toEqual({ os: 'linux', architecture: 'arm64' });
  });

  it('may start from nothing, for the target platform', async () => {
    const images = fakeImages({});
    const { target } = await planOf('FROM --platform=linux/arm64 scratch', {}, images);
    expect(target).toMatchObject({ base: { kind: 'scratch' }, platform: { architecture: 'amd64' } });
    expect(images.asked).toEqual([]);
  });

  it('tell where an image was not found', async () => {
    const error = await failure(planOf('FROM base AS a\n\nFROM gone\nCOPY --from=a / /'));
    expect(error).toMatchObject({ code: 'REGISTRY_NOT_FOUND', location: { line: 3 } });
  });

  it('refuse a malformed reference without asking anybody', async () => {
    const images = fakeImages({});
    const error = await failure(planOf('FROM Base:x', {}, images));
    expect(error).toMatchObject({ code: 'REFERENCE', location: { line: 1 } });
    expect(images.asked).toEqual([]);
  });

  it('refuse a malformed platform', async () => {
    const error = await failure(planOf('FROM --platform=li/nux/a/b base'));
    expect(error.location).toMatchObject({ line: 1 });
  });
});

describe('COPY --from', () => {
  const sourceOf = async (from: string, images = fakeImages({ base: {}, busybox: {} })) => {
    const text = `FROM base AS First\nFROM base\nFROM base AS third\nCOPY --from=${from} /a /b\nFROM base AS fourth`;
    const { target } = await planOf(text, { target: 'third' }, images);
    return target.instructions[0]?.source;
  };

  it.each([
    ['first', 0],
    ['FIRST', 0],
    ['0', 0],
    ['1', 1],
  ])('%s is a stage', async (from, index) => {
    expect((await sourceOf(from))?.index).toBe(index);
  });

  it('names an image where no stage has the name', async () => {
    const source = await sourceOf('busybox');
    expect(source).toMatchObject({ index: undefined, label: 'busybox', instructions: [] });
    expect(source?.base.kind).toBe('image');
  });

  it('names nothing by scratch, as FROM does', async () => {
    expect(await sourceOf('scratch')).toMatchObject({ base: { kind: 'scratch' }, instructions: [] });
  });

  it.each([
    ['9', 'invalid stage index 9'],
    ['2', 'cannot copy from stage "2", it is the current stage'],
    ['third', 'cannot copy from stage "third", it is the current stage'],
    ['fourth', 'cannot copy from stage "fourth", it needs to be defined before the current stage'],
    ['3', 'cannot copy from stage "3", it needs to be defined before the current stage'],
  ])('%s is refused', async (from, message) => {
    const error = await failure(sourceOf(from));
    expect(error).toMatchObject({ code: 'DOCKERFILE_SEMANTICS', message, location: { line: 4 } });
    expect(error.hint).toBeDefined();
  });

  it('takes no variable', async () => {
    const error = await failure(sourceOf('$X'));
    expect(error.location).toMatchObject({ line: 4 });
    expect(error.message).toContain('variable expansion is not supported for --from');
  });

  it('tells where its image was not found', async () => {
    expect(await failure(sourceOf('gone'))).toMatchObject({
      code: 'REGISTRY_NOT_FOUND',
      location: { line: 4 },
    });
  });
});

describe('triggers', () => {
  it('of an image come first and in order', async () => {
    const images = fakeImages({ parent: { config: { OnBuild: ['RUN one', 'COPY a b'] } } });
    const { target } = await planOf('FROM parent\nENV A=1', {}, images);
    expect(kinds(target)).toEqual(['onbuild run', 'onbuild copy', 'env']);
    expect(target.instructions[0]?.instruction.range).toMatchObject({ startLine: 1 });
  });

  it('of a stage act on those built on it, and no further', async () => {
    const plan = await planOf('FROM base AS a\nONBUILD ENV A=1\nFROM a AS b\nFROM b');
    expect(plan.stages.map(kinds)).toEqual([['onbuild'], ['onbuild env'], []]);
  });

  it('may copy from a stage before, which is then needed', async () => {
    const images = fakeImages({ base: {}, parent: { config: { OnBuild: ['COPY --from=tools /t /t'] } } });
    const plan = await planOf('FROM base AS tools\nFROM parent', {}, images);
    expect(labels(plan)).toEqual(['tools', 'stage-1']);
  });

  it.each([
    ['RUM x', 'DOCKERFILE_SYNTAX', 'unknown instruction: RUM'],
    ['COPY --from=7 /a /b', 'DOCKERFILE_SEMANTICS', 'invalid stage index 7'],
  ])('that make no sense are told at the FROM: %s', async (trigger, code, message) => {
    const images = fakeImages({ parent: { config: { OnBuild: [trigger] } } });
    const error = await failure(planOf('\nFROM parent', {}, images));
    expect(error).toMatchObject({ code, location: { line: 2 } });
    expect(error.message).toContain(message);
  });
});
