import { BuildError } from '../../errors/index.ts';
import type { IsolationChoice } from '../../request/index.ts';
import { NO_BACKEND, type Backend } from '../backend/backend.ts';
import { probeTable, remedies } from '../doctor/probe-table.ts';
import type { ProbeReport } from './probe-isolation.ts';

/**
 * The backend to build in: the one asked for, or the first that works; `none` where nothing does. Throws ISOLATION
 * where the one asked for does not work.
 */
export function chooseBackend(report: ProbeReport, choice: IsolationChoice): Backend {
  if (choice === 'none') return NO_BACKEND;
  const usable = report.results.flatMap(({ ready }) => (ready === undefined ? [] : [ready]));
  if (choice === 'auto') return usable[0] ?? NO_BACKEND;
  const found = usable.find((backend) => backend.name === choice);
  if (found !== undefined) return found;
  throw new BuildError(
    'ISOLATION',
    `--isolation=${choice} does not work on this machine\n${probeTable(report)}`,
    {
      hint: remedies(report).join('; or ') || 'use --isolation=auto',
    },
  );
}

/** One line for the log: the backend, and why none of the better ones. */
export function choiceLine({ results }: ProbeReport, { name }: Backend): string {
  const at = results.findIndex(({ backend }) => backend === name);
  const better = results.slice(0, Math.max(0, at));
  const reasons = better.map(({ backend, reason }) => `${backend}: ${reason}`);
  return `isolation: ${name}${reasons.length === 0 ? '' : ` (${reasons.join('; ')})`}`;
}
