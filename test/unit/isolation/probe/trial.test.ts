import { describe, expect, it } from 'vitest';
import { readReport } from '../../../../src/isolation/probe/trial.ts';

describe('readReport', () => {
  it('has no failures where all went well', () => {
    const output = 'root ok\nmount ok\nchown ok\noverlay ok\nproc ok\n';
    expect(readReport(output, '')).toEqual({ entered: true, failures: {} });
  });

  it('keeps the texts of what failed, and takes silence for failure', () => {
    const output = 'root ok\nmount failed mount: x: permission denied. \nchown ok\noverlay failed  \n';
    expect(readReport(output, '')).toEqual({
      entered: true,
      failures: { mount: 'mount: x: permission denied.', overlay: 'no result', proc: 'no result' },
    });
  });

  it('tells why nothing was started', () => {
    expect(readReport('', 'sudo: a password is required\n')).toEqual({
      entered: false,
      reason: 'sudo: a password is required',
    });
    expect(readReport('', '')).toMatchObject({
      entered: false,
      reason: expect.stringContaining('nothing') as string,
    });
  });
});
