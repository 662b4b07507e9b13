import { readFileSync } from 'node:fs';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { descendantsOf, killTree, sendSignal, spawnProcess } from '../../../src/process/index.ts';

describe('killTree', () => {
  it('kills a process and everything below it', async () => {
    const child = await spawnProcess('sh', ['-c', 'sh -c "sleep 60 & sleep 60 & echo up; wait" & wait'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout!, 'data');
    const below = descendantsOf(child.pid);
    expect(below).toHaveLength(3);
    killTree(child.pid);
    expect(await child.exited).toEqual({ status: null, signal: 'SIGKILL' });
    await delay(50);
    // Zombies that init has not reaped yet still answer, so look for living ones only.
    expect(below.filter((pid) => isAlive(pid))).toEqual([]);
  });
});

describe('sendSignal', () => {
  it('is false for a process that is not there', () => {
    expect(sendSignal(process.pid, 0)).toBe(true);
    expect(sendSignal(4_194_305, 0)).toBe(false);
  });
});

function isAlive(pid: number): boolean {
  try {
    return !/^State:\s*[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'latin1'));
  } catch {
    return false;
  }
}
