import { describe, expect, it } from 'vitest';
import { candidate } from '../../../../src/isolation/probe/candidates.ts';
import { canPretend } from '../../../../src/isolation/recorder/one-user-command.ts';
import { someFacts } from '../../../support/machine-facts.ts';

const ROOT = { uid: 0, effective: '000001ffffffffff' };

describe('candidate', () => {
  it('tries mount namespaces as root with CAP_SYS_ADMIN only', () => {
    expect(candidate('mountns', someFacts(ROOT), false)).toMatchObject({
      backend: { name: 'mountns', userxattr: false },
    });
    expect(candidate('mountns', someFacts(), false)).toMatchObject({ reason: 'not root' });
    const docker = someFacts({ uid: 0, effective: 'a80425fb' });
    expect(candidate('mountns', docker, false)).toEqual({ reason: 'CAP_SYS_ADMIN is missing' });
  });

  it('tries sudo for users other than root, in a container only when asked for', () => {
    expect(candidate('sudo', someFacts(), false)).toHaveProperty('backend');
    expect(candidate('sudo', someFacts(ROOT), false)).toEqual({ reason: 'root already' });
    expect(candidate('sudo', someFacts({ container: true }), false)).toHaveProperty('reason');
    expect(candidate('sudo', someFacts({ container: true }), true)).toHaveProperty('backend');
    expect(candidate('sudo', someFacts({ noNewPrivileges: true }), true)).toMatchObject({
      remedy: expect.stringContaining('allowPrivilegeEscalation') as string,
    });
    const tools = { ...someFacts().tools, sudo: undefined };
    expect(candidate('sudo', someFacts({ tools }), false)).toEqual({ reason: 'sudo is not installed' });
  });

  it('maps all ids to themselves for root with the capabilities that takes', () => {
    const docker = someFacts({ uid: 0, effective: 'a80425fb' });
    expect(candidate('userns-identity', docker, false)).toMatchObject({
      backend: { userxattr: true, maps: { users: [{ inside: 0, outside: 0, count: 4294967295 }] } },
    });
    expect(candidate('userns-identity', someFacts({ uid: 0, effective: 'c0' }), false)).toMatchObject({
      reason: 'root lacks CAP_SETFCAP',
    });
    expect(candidate('userns-identity', someFacts(), false)).toMatchObject({ reason: 'not root' });
  });

  it('has another user be root where CAP_SETFCAP is missing, and all other ids themselves', () => {
    const crio = { uid: 0, gid: 0, effective: '5fb' };
    const tried = candidate('userns-identity', someFacts(crio), false);
    const { users = [], groups = [] } = ('backend' in tried ? tried.backend.maps : undefined) ?? {};
    expect(users[0]).toEqual({ inside: 0, outside: 2147483646, count: 1 });
    expect(users.slice(1).every(({ inside, outside }) => inside === outside && inside > 0)).toBe(true);
    const covered = users.map(({ outside, count }) => [outside, outside + count] as const);
    expect(covered.sort(([a], [b]) => a - b)).toEqual([
      [1, 2147483646],
      [2147483646, 2147483647],
      [2147483647, 4294967295],
    ]);
    expect(groups).toEqual([{ inside: 0, outside: 0, count: 4294967295 }]);
    // Ids that are mapped already may not have it.
    expect(
      candidate('userns-identity', someFacts({ ...crio, initialUserNamespace: false }), false),
    ).toMatchObject({ reason: 'root lacks CAP_SETFCAP' });
  });

  it('uses lent ids where there are some and the programs that map them', () => {
    const facts = someFacts();
    expect(candidate('userns-full', facts, false)).toMatchObject({ backend: { maps: facts.subordinate } });
    expect(candidate('userns-full', someFacts({ subordinate: undefined }), false)).toMatchObject({
      reason: '/etc/subuid and /etc/subgid lend no ids to ann',
      remedy: expect.stringMatching(/^usermod .* ann$/) as string,
    });
    const tools = { ...facts.tools, newuidmap: undefined };
    expect(candidate('userns-full', someFacts({ tools }), false)).toMatchObject({
      remedy: expect.stringContaining('uidmap') as string,
    });
  });

  it('needs no strace for one user where it can pretend others', () => {
    const facts = someFacts();
    expect(candidate('userns-single', facts, false)).toMatchObject({
      backend: { oneUser: { strace: '/usr/bin/strace' }, ownership: 'ledger' },
    });
    const tools = { ...facts.tools, strace: undefined };
    const without = candidate('userns-single', someFacts({ tools }), false);
    if (canPretend()) expect(without).toMatchObject({ backend: { oneUser: {}, ownership: 'ledger' } });
    else expect(without).toMatchObject({ remedy: expect.stringContaining('strace') as string });
  });

  describe('inplace', () => {
    const own = {
      hasOwnProcesses: true,
      runsFromImage: true,
      isMarked: true,
      foreign: [] as readonly string[],
      isOccupied: false,
    };
    const container = (more: Partial<typeof own> = {}) =>
      someFacts({ uid: 0, effective: 'a80425fb', container: true, own: { ...own, ...more } });

    it("takes over the root of the builder's own container", () => {
      expect(candidate('inplace', container(), false)).toMatchObject({
        backend: { name: 'inplace', builderDirectory: '/kaniko' },
      });
    });

    it("never takes over a machine's root, also where it is forced", () => {
      const machine = container({ hasOwnProcesses: false });
      expect(candidate('inplace', machine, true, true)).toEqual({
        reason: "a machine's own root is never taken over",
      });
    });

    it('never takes over a root in which its own programs lie, also where it is forced', () => {
      const job = container({ runsFromImage: false });
      expect(candidate('inplace', job, true, true)).toHaveProperty(
        'remedy',
        "run as root in the builder's image",
      );
    });

    it('wants to be forced where the image is not marked, or something else is in the root', () => {
      for (const facts of [container({ isMarked: false }), container({ foreign: ['srv/data'] })]) {
        expect(candidate('inplace', facts, true)).toHaveProperty('reason');
        expect(candidate('inplace', facts, true, true)).toHaveProperty('backend');
      }
      expect(candidate('inplace', container({ foreign: ['srv/data'] }), false)).toMatchObject({
        reason: 'the root holds what would be lost: /srv/data',
      });
    });

    it('is for root with the capabilities to give files away', () => {
      expect(candidate('inplace', someFacts({ own }), false)).toMatchObject({ reason: 'not root' });
      expect(candidate('inplace', someFacts({ uid: 0, effective: '0', own }), false)).toHaveProperty(
        'remedy',
      );
    });
  });
});
