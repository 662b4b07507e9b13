import { describe, expect, it } from 'vitest';
import type { RunOutcome } from '../../../src/build/index.ts';
import { buildInMemory } from '../../support/build-in-memory.ts';
import { failure } from '../../support/planning.ts';

/** A build of a RUN that ends like this, with owners written down beside the tree. */
function build(outcome: RunOutcome, strictOwnership: boolean): ReturnType<typeof buildInMemory> {
  return buildInMemory('FROM base\nRUN ["program"]\n', {
    run: () => Promise.resolve(outcome),
    ownership: 'ledger',
    spec: { strictOwnership },
  });
}

describe('--strict-ownership', () => {
  const unrecorded = ['a device at /dev/x', 'owners that programs set'];

  it('refuses a RUN after which owners are not known, each of them by name, at its place', async () => {
    expect(await failure(build({ exitCode: 0, unrecorded }, true))).toMatchObject({
      code: 'ISOLATION',
      message: 'owners could not be recorded: a device at /dev/x; owners that programs set',
      location: { line: 2 },
      hint: expect.stringContaining('--strict-ownership'),
    });
  });

  it('takes a RUN of which all is known', async () => {
    for (const outcome of [{ exitCode: 0 }, { exitCode: 0, unrecorded: [] }])
      expect((await build(outcome, true)).config.history).toHaveLength(1);
  });

  it('is not the default', async () => {
    expect((await build({ exitCode: 0, unrecorded }, false)).config.history).toHaveLength(1);
  });

  it('does not hide that the RUN itself failed', async () => {
    expect((await failure(build({ exitCode: 3, unrecorded }, true))).code).toBe('RUN_FAILED');
  });
});
