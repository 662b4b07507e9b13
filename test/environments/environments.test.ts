import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Flattened } from '../support/differential/flatten.ts';
import { titled } from '../support/e2e/requirements.ts';
import { environmentNamed, ENVIRONMENTS } from '../support/environments/environment.ts';
import { attack } from '../support/environments/attack.ts';
import { buildIn } from '../support/environments/build-in.ts';
import { canRun, examine } from '../support/environments/examine.ts';
import { noLaboratory, openLaboratory, type Laboratory } from '../support/environments/laboratory.ts';
import { outcomeOf, recordedOutcomes } from '../support/environments/outcome.ts';

const reason = await noLaboratory();
const recorded = recordedOutcomes();

describe.skipIf(reason !== undefined)(titled('the same build in each environment', reason), () => {
  let laboratory: Laboratory;
  let reference: Flattened | undefined;

  beforeAll(async () => {
    laboratory = await openLaboratory();
  });
  afterAll(async () => {
    await laboratory?.close();
  });

  it.each(ENVIRONMENTS)('$name: $title', async (environment) => {
    const examined = await examine(environment, laboratory);
    // The first environment is the one the others are compared with.
    reference ??= examined.image;
    const attacked = canRun(examined) ? await attack(environment, laboratory) : undefined;
    expect(outcomeOf(examined, reference, attacked), examined.build.stderr.slice(-4000)).toEqual(
      recorded[environment.name],
    );
    expect(examined.build.leftovers).toEqual([]);
  });

  it('is refused where its owners would be lost, if that is asked for', async () => {
    const bare = ENVIRONMENTS.find(({ name }) => name === 'E4-bare');
    const { build } = await examine(bare ?? expect.fail(), laboratory, ['--strict-ownership']);
    expect(build.status).toBe(71);
    expect(build.stderr).toContain('owners that programs set are not recorded without strace');
  });

  it.each(['E2', 'E5'])(
    '%s under --strict-ownership: what proot wrote down is enough, but for devices',
    async (name) => {
      const build = await buildIn(environmentNamed(name), laboratory, {
        context: join(import.meta.dirname, 'owned'),
        flags: [
          ...['--context', 'dir:///workspace/context', '--no-push', '--strict-ownership'],
          ...laboratory.registry.flags,
        ],
      });
      expect(build.status, build.stderr).toBe(71);
      expect(build.stderr).toContain('owners could not be recorded: the device /tmp/null could not be made');
      expect(build.stderr).toContain('>>> RUN mknod');
      expect(build.leftovers).toEqual([]);
    },
  );
});
