import { describe, expect, it } from 'vitest';
import { hasCapability } from '../../../src/isolation/machine-capabilities.ts';
import { parseProcessStatus } from '../../../src/isolation/process-status.ts';

describe('parseProcessStatus', () => {
  it('takes effective ids, capability sets and flags', () => {
    const text =
      'Name:\tUid: 9\nUid:\t1001\t0\t0\t0\nGid:\t5\t6\t7\t8\nCapEff:\t00000000a80425fb\nCapBnd:\t000001ffffffffff\nNoNewPrivs:\t1\nSeccomp:\t2\n';
    expect(parseProcessStatus(text)).toEqual({
      uid: 0,
      gid: 6,
      effective: '00000000a80425fb',
      bounding: '000001ffffffffff',
      noNewPrivileges: true,
      seccomp: 'filter',
    });
  });

  it('reads fields that an old kernel lacks as nothing', () => {
    const status = parseProcessStatus('Uid:\t1\t1\t1\t1\nGid:\t1\t1\t1\t1\n');
    expect(status).toMatchObject({ effective: '0', noNewPrivileges: false, seccomp: 'none' });
  });
});

describe('hasCapability', () => {
  it('tells single bits of a set apart, also those beyond 32', () => {
    expect(hasCapability('0000000000200000', 'sys_admin')).toBe(true);
    expect(hasCapability('000001ffffdfffff', 'sys_admin')).toBe(false);
    expect(hasCapability('80000000', 'setfcap')).toBe(true);
    expect(hasCapability('0', 'chown')).toBe(false);
  });
});
