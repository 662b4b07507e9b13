import { setTimeout as delay } from 'node:timers/promises';
import { listProcesses, sendSignal, statFields } from '../../process/index.ts';

/** The sessions (setsid(2)) that processes here are in now. */
export function presentSessions(): ReadonlySet<number> {
  return new Set(listProcesses().flatMap((pid) => sessionOf(pid)?.session ?? []));
}

/**
 * Kills every process in a session that was not there before a RUN: RUN is started in a session of its own, and a process
 * can only leave one by making a new one. Resolves when a look finds none alive, or after `limitMs`.
 */
export async function killNewSessions(before: ReadonlySet<number>, limitMs: number): Promise<void> {
  for (let waited = 0; waited <= limitMs; waited += 10) {
    const left = listProcesses().filter((pid) => {
      const found = sessionOf(pid);
      return found !== undefined && found.isAlive && !before.has(found.session);
    });
    if (left.length === 0) return;
    for (const pid of left) sendSignal(pid, 'SIGKILL');
    await delay(10);
  }
}

/** Undefined for a process that is gone. A zombie does nothing any more, and who does not wait for it is not ours. */
function sessionOf(pid: number): { readonly session: number; readonly isAlive: boolean } | undefined {
  const fields = statFields(pid);
  if (fields === undefined) return undefined;
  // State, parent, group, session.
  return { session: Number(fields[3]), isAlive: fields[0] !== 'Z' && fields[0] !== 'X' };
}
