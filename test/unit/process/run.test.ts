import { performance } from 'node:perf_hooks';
import { describe, expect, it } from 'vitest';
import { run } from '../../../src/process/index.ts';

describe('run', () => {
  it('returns status and both outputs', async () => {
    const result = await run('sh', ['-c', 'cat; echo err >&2; exit 4'], { input: 'in' });
    expect(result).toMatchObject({ status: 4, signal: null, stdout: 'in', stderr: 'err\n' });
  });

  it('tells of a missing program', async () => {
    expect(await run('/no/such/program', [])).toMatchObject({ status: null, errorCode: 'ENOENT' });
  });

  it('does not wait for a daemon that holds the output open', async () => {
    const start = performance.now();
    const result = await run('sh', ['-c', 'sleep 5 & echo started']);
    expect(result).toMatchObject({ status: 0, stdout: 'started\n' });
    expect(performance.now() - start).toBeLessThan(3000);
  });

  it('kills at the time-out', async () => {
    expect(await run('sleep', ['5'], { timeoutMs: 50 })).toMatchObject({
      signal: 'SIGKILL',
      errorCode: 'ETIMEDOUT',
    });
  });

  it('kills when aborted, before or after the start', async () => {
    expect(await run('sleep', ['5'], { signal: AbortSignal.abort() })).toMatchObject({ signal: 'SIGKILL' });
    expect(await run('sleep', ['5'], { signal: AbortSignal.timeout(50) })).toMatchObject({
      signal: 'SIGKILL',
    });
  });

  it('survives a program that does not read its input', async () => {
    expect(await run('true', [], { input: 'x'.repeat(1 << 20) })).toMatchObject({ status: 0 });
  });
});
