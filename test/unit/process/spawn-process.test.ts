import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { spawnProcess } from '../../../src/process/index.ts';

describe('spawnProcess', () => {
  it('gives pipes and the exit of a running child', async () => {
    const child = await spawnProcess('cat', [], { stdio: ['pipe', 'pipe', 'inherit'] });
    child.stdin!.end('hello');
    expect(await text(child.stdout!)).toBe('hello');
    expect(await child.exited).toEqual({ status: 0, signal: null });
    expect(child.kill()).toBe(false);
  });

  it('can put the child into a session of its own', async () => {
    const child = await spawnProcess('cut', ['-d', ' ', '-f', '6', '/proc/self/stat'], {
      stdio: ['ignore', 'pipe', 'inherit'],
      newSession: true,
    });
    expect(Number(await text(child.stdout!))).toBe(child.pid);
  });

  it('rejects for a missing program with its name', async () => {
    await expect(spawnProcess('/no/such', [], { stdio: ['ignore'] })).rejects.toMatchObject({
      code: 'FILESYSTEM',
      message: expect.stringContaining('/no/such') as string,
    });
  });
});
