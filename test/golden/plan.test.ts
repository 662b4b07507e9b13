import { describe, expect, it } from 'vitest';
import { parseDockerfile } from '../../src/dockerfile/index.ts';
import { BuildError } from '../../src/errors/index.ts';
import { formatPlatform } from '../../src/oci/index.ts';
import { planBuild, sourcesOf, type Plan, type PlannedStage } from '../../src/plan/index.ts';
import { casesIn, dockerfileOf, expectedOf } from './golden-case.ts';
import { goldenBuild } from './options.ts';

describe('plans', () => {
  it.each(casesIn('plan'))('%s', async (name) => {
    const { spec, images } = goldenBuild('plan', name);
    const actual = await outcome(() =>
      planBuild(parseDockerfile(dockerfileOf('plan', name), { file: 'Dockerfile' }), spec, images),
    );
    expect(actual).toBe(expectedOf('plan', name, 'plan.txt', actual));
  });
});

async function outcome(work: () => Promise<Plan>): Promise<string> {
  try {
    const { stages, target } = await work();
    return stages.map((stage) => stageText(stage, stage === target)).join('');
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    const { code, message, hint, location } = error;
    return [`${code} in line ${location?.line}`, message, `hint: ${hint ?? ''}`, ''].join('\n');
  }
}

/** One line for a stage and one for each of its instructions, with what they read from. */
function stageText(stage: PlannedStage, isTarget: boolean): string {
  const { label, base, platform, instructions } = stage;
  const from = base.kind === 'image' ? base.image.name : base.kind === 'stage' ? base.stage.label : 'scratch';
  const kind = base.kind === 'stage' ? 'stage ' : '';
  const head = `${isTarget ? 'target ' : ''}${label}: from ${kind}${from} (${formatPlatform(platform)})\n`;
  const lines = instructions.map((planned) => {
    const sources = sourcesOf(planned).map((source) => ` <- ${source.label}`);
    return `  ${planned.isOnbuild ? 'trigger ' : ''}${planned.instruction.original}${sources.join('')}\n`;
  });
  return head + lines.join('');
}
