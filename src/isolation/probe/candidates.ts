import { canPretend } from '../recorder/one-user-command.ts';
import { PROOT_REMEDY, STRACE_REMEDY } from './explain.ts';
import { ALL_IDS, type IdRange } from '../id-map.ts';
import type { Backend, BackendName } from '../backend/backend.ts';
import { hasCapability, type CapabilityName } from '../machine-capabilities.ts';
import { BUILDER_DIRECTORY } from './builder-image.ts';
import type { Explanation } from './explain.ts';
import type { MachineFacts } from './machine-facts.ts';

/** A backend worth trying, or why it is not. */
export type Candidate = { readonly backend: Backend } | Explanation;

/**
 * What the facts alone say about a backend. `forced`: the user asked for this one by name. `force`: a container's root may be
 * taken over whatever is in it.
 */
export function candidate(name: BackendName, facts: MachineFacts, forced: boolean, force = false): Candidate {
  switch (name) {
    case 'mountns':
      return mountNamespace(facts);
    case 'sudo':
      return sudo(facts, forced);
    case 'userns-identity':
      return identity(facts);
    case 'userns-full':
      return full(facts);
    case 'userns-single':
      return single(facts);
    case 'inplace':
      return inPlace(facts, force);
    case 'proot':
      return proot(facts);
    case 'none':
      return { backend: backend('none') };
  }
}

function mountNamespace(facts: MachineFacts): Candidate {
  if (facts.uid !== 0) return { reason: 'not root', remedy: 'run as root' };
  if (!hasCapability(facts.effective, 'sys_admin')) return { reason: 'CAP_SYS_ADMIN is missing' };
  return { backend: backend('mountns') };
}

function sudo(facts: MachineFacts, forced: boolean): Candidate {
  if (facts.uid === 0) return { reason: 'root already' };
  if (facts.tools.sudo === undefined) return { reason: 'sudo is not installed' };
  if (facts.noNewPrivileges) {
    return {
      reason: 'no_new_privs is set, so sudo cannot become root',
      remedy: 'set securityContext.allowPrivilegeEscalation: true (docker: without no-new-privileges)',
    };
  }
  if (facts.container && !forced) {
    return { reason: 'not tried in a container unless asked for', remedy: '--isolation=sudo' };
  }
  return { backend: backend('sudo') };
}

function identity(facts: MachineFacts): Candidate {
  if (facts.uid !== 0) return { reason: 'not root', remedy: 'run as root' };
  const missing = missingCapabilities(facts.effective, ['setuid', 'setgid', 'setfcap']);
  const everybody: readonly IdRange[] = [{ inside: 0, outside: 0, count: ALL_IDS }];
  const mapped = (users: readonly IdRange[]): Candidate => ({
    backend: backend('userns-identity', { maps: { users, groups: everybody } }),
  });
  if (missing === undefined) return mapped(everybody);
  // Root can be mapped with CAP_SETFCAP only (since Linux 5.12): it is another user then.
  const isEnough =
    missingCapabilities(facts.effective, ['setuid', 'setgid', 'chown', 'dac_override', 'fowner']) ===
    undefined;
  return isEnough && facts.initialUserNamespace && facts.gid === 0 ? mapped(SHIFTED_ROOT) : missing;
}

/** Whom nobody is likely to be, and whom file systems can write down. */
const STAND_IN = 2_147_483_646;
const SHIFTED_ROOT: readonly IdRange[] = [
  { inside: 0, outside: STAND_IN, count: 1 },
  { inside: 1, outside: 1, count: STAND_IN - 1 },
  { inside: STAND_IN + 1, outside: STAND_IN + 1, count: ALL_IDS - STAND_IN - 1 },
];

function full(facts: MachineFacts): Candidate {
  const { newuidmap, newgidmap } = facts.tools;
  if (newuidmap === undefined || newgidmap === undefined) {
    return {
      reason: 'newuidmap and newgidmap are not installed',
      remedy: 'install uidmap (Alpine: shadow-uidmap, Fedora: shadow-utils)',
    };
  }
  if (facts.subordinate === undefined) {
    const user = facts.userName ?? `user ${facts.uid}`;
    return {
      reason: `/etc/subuid and /etc/subgid lend no ids to ${user}`,
      remedy: `usermod --add-subuids 100000-165535 --add-subgids 100000-165535 ${facts.userName ?? 'USER'}`,
    };
  }
  return { backend: backend('userns-full', { maps: facts.subordinate }) };
}

/** One user is enough where others can be pretended, and best where what happens to owners is recorded. */
function single(facts: MachineFacts): Candidate {
  const { strace } = facts.tools;
  if (strace === undefined && !canPretend())
    return { reason: 'strace, which records owners, is not installed', remedy: STRACE_REMEDY };
  const map = (outside: number): readonly IdRange[] => [{ inside: 0, outside, count: 1 }];
  const maps = { users: map(facts.uid), groups: map(facts.gid) };
  return { backend: backend('userns-single', { maps, oneUser: { strace }, ownership: 'ledger' }) };
}

function inPlace(facts: MachineFacts, force: boolean): Candidate {
  const { uid, own, effective } = facts;
  if (uid !== 0) return { reason: 'not root', remedy: 'run as root' };
  const missing = missingCapabilities(effective, ['chown', 'dac_override', 'fowner', 'setuid', 'setgid']);
  if (missing !== undefined) return missing;
  if (!own.hasOwnProcesses) return { reason: "a machine's own root is never taken over" };
  if (!own.runsFromImage) {
    return {
      reason: "this is not the builder's image: its programs would be lost with the root they lie in",
      remedy: "run as root in the builder's image",
    };
  }
  const ready: Candidate = { backend: backend('inplace', { builderDirectory: BUILDER_DIRECTORY }) };
  if (force || own.isOccupied) return ready;
  if (!own.isMarked) return { reason: "the image is not marked as the builder's own", remedy: '--force' };
  if (own.foreign.length === 0) return ready;
  const found = own.foreign.map((path) => `/${path}`).join(', ');
  return { reason: `the root holds what would be lost: ${found}`, remedy: '--force removes it' };
}

function missingCapabilities(effective: string, wanted: readonly CapabilityName[]): Explanation | undefined {
  const missing = wanted.filter((name) => !hasCapability(effective, name));
  if (missing.length === 0) return undefined;
  const names = missing.map((name) => `CAP_${name.toUpperCase()}`).join(', ');
  return { reason: `root lacks ${names}`, remedy: `add ${names} to the container` };
}

/** Needs no privilege and no namespace, and gives none. */
function proot(facts: MachineFacts): Candidate {
  const path = facts.tools.proot;
  if (path === undefined) return { reason: 'proot is not installed', remedy: PROOT_REMEDY };
  return {
    backend: backend('proot', {
      proot: { path, unfiltered: false, ownTemporary: false, records: false },
      ownership: 'ledger',
    }),
  };
}

/** Before anything was tried, nothing beyond root is promised. */
function backend(name: BackendName, more: Partial<Backend> = {}): Backend {
  return {
    name,
    ownProc: false,
    overlay: false,
    userxattr: name.startsWith('userns'),
    ownership: 'disk',
    ...more,
  };
}
