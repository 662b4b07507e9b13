import { describe, expect, it } from 'vitest';
import { runStages } from '../../../src/build/run-stages.ts';
import { startStage, type StageState } from '../../../src/build/stage-state.ts';
import type { PlannedStage } from '../../../src/plan/index.ts';
import { buildInMemory } from '../../support/build-in-memory.ts';
import { planOf } from '../../support/planning.ts';

const DIAMOND = [
  'FROM base AS a',
  'FROM a AS left',
  'FROM a AS right',
  'FROM left AS end',
  'COPY --from=right / /',
].join('\n');

/** A promise and the hands on it. */
function gate(): { readonly opened: Promise<void>; open(): void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open: () => open() };
}

const done = (stage: PlannedStage): StageState =>
  startStage({ ...stage, base: { kind: 'scratch' } }, undefined, undefined);

describe('runStages', () => {
  it('runs every stage once, each after those it waits for, and returns the target', async () => {
    const plan = await planOf(DIAMOND);
    const order: string[] = [];
    const state = await runStages(
      plan,
      async (stage, finished) => {
        if (stage.base.kind === 'stage') await finished(stage.base.stage);
        for (const { source } of stage.instructions) if (source !== undefined) await finished(source);
        order.push(stage.label);
        return done(stage);
      },
      () => expect.unreachable(),
    );
    expect(state.stage.label).toBe('end');
    expect(order).toHaveLength(4);
    expect([order[0], order[3]]).toEqual(['a', 'end']);
  });

  it('runs stages that do not need each other at the same time', async () => {
    const plan = await planOf(
      'FROM base AS a\nFROM base AS b\nFROM base\nCOPY --from=a / /\nCOPY --from=b / /',
    );
    const [first, second] = [gate(), gate()];
    // Each opens the other's gate: one after the other they would wait for ever.
    const state = await runStages(
      plan,
      async (stage) => {
        if (stage.label === 'a') {
          second.open();
          await first.opened;
        }
        if (stage.label === 'b') {
          first.open();
          await second.opened;
        }
        return done(stage);
      },
      () => undefined,
    );
    expect(state.stage.label).toBe(plan.target.label);
  });

  it('aborts the others when one fails, waits for them and throws the first error', async () => {
    const plan = await planOf(
      'FROM base AS a\nFROM base AS b\nFROM base\nCOPY --from=a / /\nCOPY --from=b / /',
    );
    const aborted = gate();
    const events: string[] = [];
    const running = runStages(
      plan,
      async (stage, finished) => {
        if (stage.label === 'a') throw new Error('a broke');
        if (stage.label === 'b') {
          await aborted.opened;
          events.push('b tidied up');
          throw new Error('b was aborted');
        }
        for (const { source } of stage.instructions) if (source !== undefined) await finished(source);
        events.push('went on');
        return done(stage);
      },
      () => {
        events.push('abort');
        aborted.open();
      },
    );
    await expect(running).rejects.toThrow('a broke');
    expect(events[0]).toBe('abort');
    expect(events).toContain('b tidied up');
    expect(events).not.toContain('went on');
  });
});

describe('a build that is cancelled', () => {
  it('carries out no further instruction', async () => {
    const error = new Error('stop');
    await expect(
      buildInMemory('FROM scratch\nCOPY missing /', { signal: AbortSignal.abort(error) }),
    ).rejects.toMatchObject({ message: 'stop' });
  });
});
