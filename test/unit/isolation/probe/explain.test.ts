import { describe, expect, it } from 'vitest';
import { explain } from '../../../../src/isolation/probe/explain.ts';
import { someFacts } from '../../../support/machine-facts.ts';

const EPERM = 'unshare: unshare failed: Operation not permitted';
const MAP = 'newuidmap: write to uid_map failed: Operation not permitted';

describe('explain', () => {
  it.each([
    ['seccomp', EPERM, someFacts({ seccomp: 'filter' }), /seccompProfile.type: Unconfined/],
    [
      'a switch of the distribution',
      EPERM,
      someFacts({ unprivilegedUsernsClone: false }),
      /unprivileged_userns_clone=1/,
    ],
    ['the limit', 'unshare: unshare failed: No space left on device', someFacts(), /max_user_namespaces/],
    [
      'AppArmor of Ubuntu',
      MAP,
      someFacts({ apparmorRestrictsUserns: true }),
      /sudo without a password, or sysctl/,
    ],
    ['no_new_privs', MAP, someFacts({ noNewPrivileges: true }), /allowPrivilegeEscalation/],
    ['a setuid newuidmap in a container', MAP, someFacts({ bounding: 'a80425fb' }), /setcap cap_setuid=ep/],
    [
      'ids of somebody else',
      'newuidmap: uid range [1-65537) -> [100000-165536) not allowed',
      someFacts(),
      /usermod/,
    ],
    ['AppArmor of a container', 'mount: /x: permission denied.', someFacts(), /appArmorProfile/],
    ['sudo', 'sudo: a password is required', someFacts(), /without a password/],
  ])('recognises %s', (_, text, facts, remedy) => {
    const explained = explain(text, 'userns-full', facts);
    expect(explained.reason.startsWith(`${text} (`)).toBe(true);
    expect(explained.remedy).toMatch(remedy);
  });

  it('says no more than the text where the cause is unknown', () => {
    expect(explain('one\ntwo', 'mountns', someFacts())).toEqual({ reason: 'one; two' });
    expect(explain(EPERM, 'userns-full', someFacts())).toEqual({ reason: EPERM });
  });
});
