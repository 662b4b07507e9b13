import { readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { listProcesses, sendSignal } from '../../process/index.ts';

const LIMIT_MS = 5000;
const AGAIN_MS = 10;

/**
 * Kills what a dead build left running: processes of other mount namespaces in which something of its scratch directory is
 * mounted. Where RUN has no process numbers of its own nobody else ends them. Resolves when none is left, or after five
 * seconds.
 */
export async function killInhabitants(directory: string): Promise<void> {
  const ours = mountNamespaceOf('self');
  const isInhabitant = (pid: number): boolean => mountNamespaceOf(pid) !== ours && hasMountOf(pid, directory);
  for (let waited = 0; waited <= LIMIT_MS; waited += AGAIN_MS) {
    const left = listProcesses().filter(isInhabitant);
    if (left.length === 0) return;
    for (const pid of left) sendSignal(pid, 'SIGKILL');
    await delay(AGAIN_MS);
  }
}

/** Mounts name what they come from by its path now, in the kernel's eyes: the name is random and nobody else's. */
function hasMountOf(pid: number, directory: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/mountinfo`, 'latin1').includes(`/${basename(directory)}/`);
  } catch {
    return false; // it ended, or is none of ours
  }
}

function mountNamespaceOf(pid: number | 'self'): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/mnt`);
  } catch {
    return undefined;
  }
}
