/**
 * Builds the subject of the environments in each of them (or in those named as arguments, and always in E7, which the
 * others are compared with), records what comes out, and writes docs/environments.md.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Flattened } from '../test/support/differential/flatten.ts';
import { ENVIRONMENTS } from '../test/support/environments/environment.ts';
import { examine } from '../test/support/environments/examine.ts';
import { noLaboratory, openLaboratory } from '../test/support/environments/laboratory.ts';
import { outcomeOf, recordedOutcomes, recordOutcomes } from '../test/support/environments/outcome.ts';
import { environmentsPage } from './docs/environments-page.ts';

const PAGE = join(import.meta.dirname, '../docs/environments.md');

const named = process.argv.slice(2);
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
    const examined = await examine(environment, laboratory);
    reference ??= examined.image;
    const outcome = outcomeOf(examined, reference);
    outcomes[environment.name] = outcome;
    console.log(
      `${environment.name}: ${outcome.backend}, status ${outcome.status}, ${outcome.passed} checks passed, ` +
        `failed [${outcome.failed.join(', ')}], ${outcome.differences?.length ?? 'no image, so no'} differences, ` +
        `${examined.seconds} s`,
    );
    if (examined.build.status !== 0) console.log(examined.build.stderr.slice(-3000));
  }
  recordOutcomes(outcomes);
  writeFileSync(PAGE, environmentsPage(outcomes));
} finally {
  await laboratory.close();
}
