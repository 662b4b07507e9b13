import { describe, expect, it } from 'vitest';
import { sourcesOf, type Plan, type PlannedStage } from '../../../src/plan/index.ts';
import type { NamedContext } from '../../../src/request/index.ts';
import { failure, fakeImages, planOf } from '../../support/planning.ts';

const directory = (name: string): NamedContext => ({ name, kind: 'directory', path: `/contexts/${name}` });
const image = (name: string, reference: string): NamedContext => ({ name, kind: 'image', reference });

function planned(text: string, ...contexts: NamedContext[]): Promise<Plan> {
  return planOf(text, { contexts }, fakeImages({ base: {}, other: { os: 'linux' }, 'layout x': {} }));
}

/** `scratch`, the image's name, the stage's or the context's. */
function baseOf({ base }: PlannedStage): string {
  if (base.kind === 'image') return base.image.name.replace(/^.*\/|@.*$/g, '');
  if (base.kind === 'stage') return `stage ${base.stage.label}`;
  return base.kind === 'context' ? `context ${base.name}` : 'scratch';
}
const shape = ({ target }: Plan) => ({
  base: baseOf(target),
  steps: target.instructions.map((step) => [step.instruction.kind, ...sourcesOf(step).map(baseOf)]),
});

describe('a named context', () => {
  it('is what FROM means by its name, in place of an image or a stage', async () => {
    for (const from of ['base', 'base:latest', 'docker.io/library/base'])
      expect(shape(await planned(`FROM ${from}\nUSER x`, image('base', 'other')))).toEqual({
        base: 'other',
        steps: [['user']],
      });
    expect(baseOf((await planned('FROM base:1', image('base:1', 'other'))).target)).toBe('other');
    expect(baseOf((await planned('FROM base', image('base:1', 'other'))).target)).toBe('base');
    expect(baseOf((await planned('FROM base AS a\nFROM A', image('a', 'other'))).target)).toBe('other');
  });

  it('may be nothing, or an image of a layout', async () => {
    expect(baseOf((await planned('FROM x', image('x', 'scratch'))).target)).toBe('scratch');
    expect(baseOf((await planned('FROM x', { name: 'x', kind: 'layout' })).target)).toBe('layout x');
  });

  it('that is a directory is copied into an empty tree by FROM, and read where it lies by --from', async () => {
    expect(shape(await planned('FROM dir\nUSER x', directory('dir')))).toEqual({
      base: 'scratch',
      steps: [['copy', 'context dir'], ['user']],
    });
    const text = 'FROM base\nCOPY --from=dir a /\nRUN --mount=from=dir,target=/m x\nCOPY b /';
    expect(shape(await planned(text, directory('dir'))).steps).toEqual([
      ['copy', 'context dir'],
      ['run', 'context dir'],
      ['copy'],
    ]);
  });

  it('takes the place of a stage of its name with all its instructions', async () => {
    const text = 'FROM nowhere AS dep\nRUN x\nFROM base\nCOPY --from=dep a /\nCOPY --from=0 b /';
    const plan = await planned(text, directory('dep'));
    expect(shape(plan).steps).toEqual([
      ['copy', 'context dep'],
      ['copy', 'scratch'],
    ]);
    expect(shape(await planned('FROM nowhere AS end\nRUN x', image('end', 'other')))).toEqual({
      base: 'other',
      steps: [],
    });
  });

  it('of another name changes nothing', async () => {
    expect(shape(await planned('FROM base\nCOPY --from=other /a /', directory('unused')))).toEqual({
      base: 'base',
      steps: [['copy', 'other']],
    });
    expect(await failure(planned('FROM nowhere', directory('unused')))).toMatchObject({
      code: 'REGISTRY_NOT_FOUND',
    });
  });
});
