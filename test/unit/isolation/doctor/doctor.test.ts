import { describe, expect, it } from 'vitest';
import {
  chooseBackend,
  doctorJson,
  doctorText,
  noRunError,
  type Backend,
  type ProbeReport,
} from '../../../../src/isolation/index.ts';
import { someFacts } from '../../../support/machine-facts.ts';

const full: Backend = {
  name: 'userns-full',
  ownProc: true,
  overlay: false,
  userxattr: true,
  ownership: 'disk',
};
const place = { fsType: 'ext4', freeBytes: 3 * 1024 ** 3, drawbacks: [], weight: 0 };
const scratch = {
  chosen: '/vol',
  places: [
    { ...place, origin: 'TMPDIR', directory: '/t', problem: 'it cannot be written to (EROFS)' },
    {
      ...place,
      origin: '/tmp',
      directory: '/tmp',
      fsType: 'overlay',
      drawbacks: ['on an overlay'],
      overlay: false,
    },
    { ...place, origin: 'a volume of the container', directory: '/vol', overlay: true },
  ],
};
const none: Backend = { name: 'none', ownProc: false, overlay: false, userxattr: false, ownership: 'disk' };
const refused: ProbeReport = {
  facts: someFacts({ seccomp: 'filter', maskedProc: ['/proc/acpi'], subordinate: undefined }),
  results: [
    { backend: 'mountns', usable: false, reason: 'not root', remedy: 'run as root' },
    { backend: 'userns-identity', usable: false, reason: 'not root', remedy: 'run as root' },
    { backend: 'userns-full', usable: false, reason: 'no ids', remedy: 'usermod', milliseconds: 12 },
    { backend: 'none', usable: true, reason: 'builds without RUN only', ready: none },
  ],
  chosen: 'none',
  overlay: false,
  ownProc: false,
};
const working: ProbeReport = {
  ...refused,
  results: [
    ...refused.results.slice(0, 2),
    { backend: 'userns-full', usable: true, reason: '', ready: full },
    refused.results[3]!,
  ],
  chosen: 'userns-full',
  ownProc: true,
};

describe('chooseBackend', () => {
  it('takes the first that works, or none', () => {
    expect(chooseBackend(working, 'auto')).toEqual(full);
    expect(chooseBackend(refused, 'auto')).toEqual(none);
    expect(chooseBackend(working, 'none')).toEqual(none);
    expect(chooseBackend(working, 'userns-full')).toEqual(full);
  });

  it('throws the table for one that does not work', () => {
    expect(() => chooseBackend(working, 'mountns')).toThrow(
      expect.objectContaining({
        code: 'ISOLATION',
        message: expect.stringMatching(/mountns +no +not root/),
        hint: 'run as root',
      }),
    );
  });
});

describe('the doctor', () => {
  it('prints facts, every probe and each remedy once', () => {
    const text = doctorText(refused, scratch);
    expect(text).toMatch(/^RUN cannot be executed in this environment\.\n/);
    expect(text).toContain('uid 1001, no_new_privs=0, seccomp=filter');
    expect(text).toContain('/proc masked (1 paths)');
    expect(text).toMatch(/userns-full +no +no ids \(12 ms\)\n/);
    expect(text.match(/run as root/g)).toHaveLength(1);
    expect(text).toContain('  - usermod\n');
  });

  it('names the choice where RUN works', () => {
    expect(doctorText(working, scratch)).toContain(
      'Chosen: userns-full (overlay snapshots: no, own processes for RUN: yes)\n',
    );
  });

  it('gives programs the same', () => {
    const json = JSON.parse(JSON.stringify(doctorJson(working, scratch))) as Record<string, unknown>;
    expect(json).toMatchObject({ chosen: 'userns-full', canRun: true, ownProc: true, overlay: false });
    expect(json['results']).toHaveLength(4);
    expect(doctorJson(refused, scratch)).toMatchObject({ canRun: false });
  });

  it('fails the first RUN with the table and every way out', () => {
    expect(noRunError(refused)).toMatchObject({
      code: 'ISOLATION',
      message: expect.stringMatching(
        /^RUN cannot be executed in this environment\n[\s\S]*none +yes/,
      ) as string,
      hint: 'any one of these fixes it: run as root; usermod',
    });
  });
});
