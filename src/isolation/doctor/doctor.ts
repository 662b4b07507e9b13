import { BuildError } from '../../errors/index.ts';
import type { IdMaps } from '../backend/backend.ts';
import type { ProbeReport } from '../probe/probe-isolation.ts';
import { placeTable, type DoctorPlaces } from './place-table.ts';
import { probeTable, remedies } from './probe-table.ts';

/** The report for people, with a line break at the end. */
export function doctorText(report: ProbeReport, scratch: DoctorPlaces): string {
  const { facts } = report;
  const canRun = report.chosen !== undefined && report.chosen !== 'none';
  const lines = [
    canRun ? 'RUN can be executed in this environment.' : 'RUN cannot be executed in this environment.',
    probeTable(report),
    `  subordinate ids: ${describeMaps(facts.subordinate)}`,
    ...Object.entries(facts.tools).map(([name, path]) => `  ${name}: ${path ?? 'not found'}`),
    'Places for scratch space, in order (* is taken):',
    placeTable(scratch),
    ...(canRun ? [chosenLine(report), ...unlocks(report)] : fixes(report)),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

/** The same for programs: plain data for JSON. */
export function doctorJson(report: ProbeReport, scratch: DoctorPlaces): unknown {
  const results = report.results.map(({ backend, usable, reason, remedy, milliseconds }) => ({
    backend,
    usable,
    reason,
    milliseconds,
    ...(remedy === undefined ? {} : { remedy }),
  }));
  const { chosen = 'none', overlay, ownProc, facts } = report;
  return { chosen, canRun: chosen !== 'none', overlay, ownProc, results, scratch, facts };
}

/** The failure of the first RUN where no backend works: the whole table, and in the hint every way out. */
export function noRunError(report: ProbeReport): BuildError {
  const ways = remedies(report);
  return new BuildError('ISOLATION', `RUN cannot be executed in this environment\n${probeTable(report)}`, {
    hint: ways.length === 0 ? 'build on another machine' : `any one of these fixes it: ${ways.join('; ')}`,
  });
}

function chosenLine({ chosen, overlay, ownProc }: ProbeReport): string {
  const yes = (value: boolean): string => (value ? 'yes' : 'no');
  return `Chosen: ${chosen} (overlay snapshots: ${yes(overlay)}, own processes for RUN: ${yes(ownProc)})`;
}

/** What would make a better way work than the one that was chosen. */
function unlocks({ results }: ProbeReport): string[] {
  const first = results.findIndex(({ usable }) => usable);
  const ways = results
    .slice(0, first)
    .flatMap(({ backend, remedy }) => (remedy === undefined ? [] : [`  - ${backend}: ${remedy}`]));
  return ways.length === 0 ? [] : ['Better ways, and what would unlock them:', ...ways];
}

function fixes(report: ProbeReport): string[] {
  const ways = remedies(report);
  return ways.length === 0 ? [] : ['Any one of these fixes it:', ...ways.map((way) => `  - ${way}`)];
}

function describeMaps(maps: IdMaps | undefined): string {
  if (maps === undefined) return 'none';
  return maps.users
    .slice(1)
    .map(({ outside, count }) => `${outside}-${outside + count - 1}`)
    .join(', ');
}
