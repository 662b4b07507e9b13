import { readlinkSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { listProcesses, sendSignal } from '../../process/index.ts';

/** Mount namespaces of the RUNs that are going on without a process namespace of their own. */
const active = new Set<string>();

/** The identity of a process's namespace; undefined where the process is gone or out of our reach. */
export function namespaceOf(pid: number | 'self', kind: 'mnt' | 'user'): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/${kind}`);
  } catch {
    return undefined;
  }
}

/** Notes that a RUN without its own process namespace goes on. */
export function noteRunning(mountNamespace: string): void {
  active.add(mountNamespace);
}

/**
 * Kills what a RUN without its own process namespace left behind: everything in its mount namespace and, once no
 * other such RUN goes on, everything that moved to user namespaces below ours. Resolves when nothing is left, or
 * after `limitMs`.
 */
export async function killLeftovers(mountNamespace: string, limitMs: number): Promise<void> {
  active.delete(mountNamespace);
  for (let waited = 0; waited <= limitMs; waited += 10) {
    const left = listProcesses().filter((pid) => pid !== process.pid && isLeftover(pid, mountNamespace));
    if (left.length === 0) return;
    for (const pid of left) sendSignal(pid, 'SIGKILL');
    // New ones may have been forked meanwhile, so look again until a look finds none.
    await delay(10);
  }
}

function isLeftover(pid: number, mountNamespace: string): boolean {
  const mounts = namespaceOf(pid, 'mnt');
  if (mounts === mountNamespace) return true;
  if (active.size > 0) return false;
  return isBelowOurs(pid);
}

/** In a user namespace below ours. In the machine's own, nested ones may be anybody's, so there nothing is. */
function isBelowOurs(pid: number): boolean {
  const own = namespaceOf('self', 'user');
  if (own === undefined || own === 'user:[4026531837]') return false;
  const theirs = namespaceOf(pid, 'user');
  // The link can only be read where we have all capabilities over the process: in our namespace or below.
  return theirs !== undefined && theirs !== own;
}
