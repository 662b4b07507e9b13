import { readlinkSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { fromText, type BytePath } from '../../bytes/index.ts';
import { listProcesses, sendSignal, statFields } from '../../process/index.ts';
import type { KeptPaths } from '../../rootfs/index.ts';

const LIMIT_MS = 5000;
const AGAIN_MS = 10;

/**
 * Kills what runs a program of the tree in a root: the programs of everybody else are kept, or were moved out of it. This
 * process and those it comes from stay. Resolves when none is left, or after five seconds.
 */
export async function killStrangers(root: BytePath, kept: KeptPaths): Promise<void> {
  const ours = ancestors();
  for (let waited = 0; waited <= LIMIT_MS; waited += AGAIN_MS) {
    const strangers = listProcesses().filter((pid) => !ours.has(pid) && isStranger(pid, root, kept));
    if (strangers.length === 0) return;
    for (const pid of strangers) sendSignal(pid, 'SIGKILL');
    await delay(AGAIN_MS);
  }
}

function isStranger(pid: number, root: BytePath, kept: KeptPaths): boolean {
  const program = programOf(pid);
  const base = root === '/' ? '/' : `${root}/`;
  if (program?.startsWith(base) !== true) return false;
  return !kept.covers(program.slice(base.length) as BytePath);
}

/** Undefined for what is dead, or is no program. */
function programOf(pid: number): BytePath | undefined {
  try {
    return fromText(readlinkSync(`/proc/${pid}/exe`));
  } catch {
    return undefined;
  }
}

function ancestors(): ReadonlySet<number> {
  const found = new Set<number>();
  for (let pid = process.pid; pid > 0 && !found.has(pid); pid = Number(statFields(pid)?.[1] ?? 0))
    found.add(pid);
  return found;
}
