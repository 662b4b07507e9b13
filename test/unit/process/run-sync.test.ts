import { describe, expect, it } from 'vitest';
import { runSync } from '../../../src/process/index.ts';

describe('runSync', () => {
  it('returns status and both outputs', () => {
    const result = runSync('sh', ['-c', 'echo out; echo err >&2; exit 3']);
    expect(result).toMatchObject({ status: 3, signal: null, stdout: 'out\n', stderr: 'err\n' });
    expect(result.errorCode).toBeUndefined();
  });

  it('feeds the input, and an empty one by default', () => {
    expect(runSync('cat', [], { input: 'ü\n' }).stdout).toBe('ü\n');
    expect(runSync('cat', []).stdout).toBe('');
  });

  it('gives exactly the environment and directory it is told', () => {
    const result = runSync('/usr/bin/env', [], { env: { A: '1', 'b.c': '2' } });
    expect(result.stdout).toBe('A=1\nb.c=2\n');
    expect(runSync('pwd', [], { cwd: '/' }).stdout).toBe('/\n');
  });

  it('tells of a missing program and of one that took too long', () => {
    expect(runSync('/no/such/program', [])).toMatchObject({ status: null, errorCode: 'ENOENT', stderr: '' });
    const slow = runSync('sleep', ['5'], { timeoutMs: 50 });
    expect(slow).toMatchObject({ status: null, signal: 'SIGKILL', errorCode: 'ETIMEDOUT' });
  });
});
