import { abbreviate, columns, formatAge, formatBytes, formatDuration } from '../../report/index.ts';
import type { CommandAnswer } from '../../request/index.ts';
import type { ExplainedStep } from './explain-steps.ts';

const TEXT_WIDTH = 60;
const STATES = { hit: 'hit', miss: 'miss', unwanted: 'not taken', unknown: 'unknown' } as const;
const HEAD = ['LINE', 'STEP', 'STATE', 'WHY', 'INSTRUCTION'];

/** What a build would find, for each of its platforms. */
export interface ExplainedPlatform {
  readonly platform: string;
  readonly steps: readonly ExplainedStep[];
}

/** The same for people as a table, and as JSON with whole keys. */
export function explainAnswer(platforms: readonly ExplainedPlatform[], now: number): CommandAnswer {
  const isOne = platforms.length === 1;
  return {
    text: platforms
      .map(({ platform, steps }) => `${isOne ? '' : `${platform}:\n`}${tableOf(steps, now)}`)
      .join('\n'),
    json: { platforms: platforms.map(({ platform, steps }) => ({ platform, steps: steps.map(jsonOf) })) },
    status: 0,
  };
}

function tableOf(steps: readonly ExplainedStep[], now: number): string {
  const hits = steps.filter(({ state }) => state === 'hit');
  const bytes = hits.reduce((sum, step) => sum + step.bytes, 0);
  const time = hits.reduce((sum, step) => sum + step.milliseconds, 0);
  const saved = `${formatBytes(bytes)} and ${formatDuration(time)} saved`;
  const lines = columns([HEAD, ...steps.map((step) => rowOf(step, now))]);
  const notes = steps.some(({ changed }) => changed.includes('the stage it copies from'))
    ? ['A copy out of a stage that is made anew is found all the same where it copies the same files.']
    : [];
  return [...lines, `${hits.length} of ${steps.length} steps would be found, ${saved}`, ...notes]
    .map((line) => `${line}\n`)
    .join('');
}

function rowOf(step: ExplainedStep, now: number): string[] {
  const { line, state, instruction } = step;
  const text = abbreviate(instruction.replace(/\s+/g, ' '), TEXT_WIDTH);
  return [line === undefined ? '' : String(line), step.step, STATES[state], reasonOf(step, now), text];
}

function reasonOf({ state, bytes, milliseconds, changed, nearest }: ExplainedStep, now: number): string {
  switch (state) {
    case 'hit':
      return `${formatBytes(bytes)}, ${formatDuration(milliseconds)}`;
    case 'miss':
      return nearest === undefined
        ? changed.join(', ')
        : `${changed.join(', ')} (against ${nearest.step}, ${formatAge(now - nearest.created)} ago)`;
    case 'unwanted':
      return 'the build takes no layer for it';
    case 'unknown':
      return 'its key cannot be told before it is built';
  }
}

function jsonOf({ nearest, line, key, ...step }: ExplainedStep) {
  return {
    ...step,
    line: line ?? null,
    key: key ?? null,
    nearest:
      nearest === undefined
        ? null
        : { step: nearest.step, key: nearest.key, created: new Date(nearest.created).toISOString() },
  };
}
