/**
 * Builds the subject of the environments in each of them (or in those named as arguments, and always in E7, which the
 * others are compared with), records what comes out, and writes docs/environments.md. With --attacks only these are done.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Flattened } from '../test/support/differential/flatten.ts';
import { ENVIRONMENTS } from '../test/support/environments/environment.ts';
import { attack } from '../test/support/environments/attack.ts';
import { canRun, examine } from '../test/support/environments/examine.ts';
import { noLaboratory, openLaboratory } from '../test/support/environments/laboratory.ts';
import {
  attacksOf,
  outcomeOf,
  recordedOutcomes,
  recordOutcomes,
} from '../test/support/environments/outcome.ts';
import { environmentsPage } from './docs/environments-page.ts';

const PAGE = join(import.meta.dirname, '../docs/environments.md');

/** Builds nothing anew but the attacks. */
const attacksOnly = process.argv.includes('--attacks');
const named = process.argv.slice(2).filter((word) => word !== '--attacks');
const chosen = ENVIRONMENTS.filter(
  ({ name }, index) => index === 0 || named.length === 0 || named.includes(name),
);
const reason = await noLaboratory();
if (reason !== undefined) throw new Error(reason);

const laboratory = await openLaboratory();
try {
  let reference: Flattened | undefined;
  const outcomes = { ...recordedOutcomes() };
  for (const environment of chosen) {
    const known = outcomes[environment.name];
    if (attacksOnly && known !== undefined) {
      if (known.backend === 'none') continue;
      const attacks = attacksOf(await attack(environment, laboratory));
      outcomes[environment.name] = { ...known, attacks };
      console.log(`${environment.name}: attacks that succeeded [${attacks.succeeded.join(', ')}]`);
      continue;
    }
    const examined = await examine(environment, laboratory);
    reference ??= examined.image;
    const attacked = canRun(examined) ? await attack(environment, laboratory) : undefined;
    const outcome = outcomeOf(examined, reference, attacked);
    outcomes[environment.name] = outcome;
    console.log(
      `${environment.name}: ${outcome.backend}, status ${outcome.status}, ${outcome.passed} checks passed, ` +
        `failed [${outcome.failed.join(', ')}], ${outcome.differences?.length ?? 'no image, so no'} differences, ` +
        `attacks that succeeded [${outcome.attacks?.succeeded.join(', ') ?? ''}], ${examined.seconds} s`,
    );
    if (examined.build.status !== 0) console.log(examined.build.stderr.slice(-3000));
  }
  recordOutcomes(outcomes);
  writeFileSync(PAGE, environmentsPage(outcomes));
} finally {
  await laboratory.close();
}
