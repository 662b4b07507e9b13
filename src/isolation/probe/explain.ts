import type { BackendName } from '../backend/backend.ts';
import { hasCapability } from '../machine-capabilities.ts';
import type { MachineFacts } from './machine-facts.ts';

/** Why a backend does not work here, and what would make it work, as far as that is known. */
export interface Explanation {
  readonly reason: string;
  readonly remedy?: string | undefined;
}

interface Rule {
  readonly says: RegExp;
  readonly where?: (facts: MachineFacts, name: BackendName) => boolean;
  readonly because: string;
  readonly remedy: string;
}

export const STRACE_REMEDY = 'install strace 5.16 or newer';

/** What the distributions ship may be older: 5.1 knows no statx(2), which all programs of today call. */
export const PROOT_REMEDY =
  'install proot 5.3 or newer (Debian 12 and 13 have 5.1: build it from the source package of Debian sid)';

/** The first rule that fits is taken. All texts were seen on real machines; programs run with LC_ALL=C. */
const RULES: readonly Rule[] = [
  {
    says: /a password is required|is not allowed to|not in the sudoers|may not run sudo/,
    because: 'sudo asks for a password',
    remedy: 'allow this user to call sudo without a password',
  },
  {
    says: /no new privileges/i,
    because: 'privileges cannot be gained here',
    remedy: 'set securityContext.allowPrivilegeEscalation: true (docker: without no-new-privileges)',
  },
  {
    says: /unshare failed: No space left on device/,
    because: 'user namespaces are switched off or used up',
    remedy: 'sysctl -w user.max_user_namespaces=16384',
  },
  {
    says: /unshare failed: Operation not permitted/,
    where: (facts) => facts.unprivilegedUsernsClone === false && facts.uid !== 0,
    because: 'user namespaces are switched off for users other than root',
    remedy: 'sysctl -w kernel.unprivileged_userns_clone=1',
  },
  {
    says: /unshare failed: Operation not permitted/,
    where: (facts) => facts.seccomp === 'filter',
    because: 'the seccomp profile of the container forbids it',
    remedy:
      'set securityContext.seccompProfile.type: Unconfined (docker: --security-opt seccomp=unconfined), ' +
      'and where AppArmor is in use appArmorProfile.type: Unconfined (docker: --security-opt apparmor=unconfined)',
  },
  {
    says: /uid_map|setgroups|setresuid|setgid|mount|permitted|denied/i,
    where: (facts) => facts.apparmorRestrictsUserns === true && facts.uid !== 0,
    because: "this machine's AppArmor takes all privileges from user namespaces",
    remedy:
      'allow this user to call sudo without a password, or sysctl -w kernel.apparmor_restrict_unprivileged_userns=0',
  },
  {
    says: /uid_map.*not permitted|EPERM/,
    where: (facts, name) => name === 'userns-identity' && !hasCapability(facts.effective, 'setfcap'),
    because: 'root lacks CAP_SETFCAP, without which root cannot be mapped',
    remedy: 'add the capability SETFCAP to the container',
  },
  {
    says: /(uid|gid)_map failed: Operation not permitted|newuidmap/,
    where: (facts, name) => name === 'userns-full' && facts.noNewPrivileges,
    because: 'newuidmap cannot gain privileges here',
    remedy: 'set securityContext.allowPrivilegeEscalation: true (docker: without no-new-privileges)',
  },
  {
    says: /write to (uid|gid)_map failed: Operation not permitted/,
    where: (facts) => facts.newuidmapSetuid === true && !hasCapability(facts.bounding, 'sys_admin'),
    because: 'a setuid newuidmap needs CAP_SYS_ADMIN in the bounding set of the container',
    remedy:
      'give the programs file capabilities instead: chmod u-s and setcap cap_setuid=ep newuidmap, cap_setgid=ep newgidmap',
  },
  {
    says: /range .* not allowed/,
    because: '/etc/subuid or /etc/subgid does not lend these ids to this user',
    remedy: 'usermod --add-subuids 100000-165535 --add-subgids 100000-165535 for this user',
  },
  {
    says: /cannot (statx|access)|unknown option/,
    where: (_, name) => name === 'proot',
    because: 'this proot is too old: it does not translate statx',
    remedy: PROOT_REMEDY,
  },
  {
    says: /ptrace/i,
    where: (_, name) => name === 'proot',
    because: 'this machine forbids tracing',
    remedy: 'sysctl -w kernel.yama.ptrace_scope=1',
  },
  {
    says: /permission denied/i,
    because: 'a security module such as AppArmor forbids mounts',
    remedy: 'set appArmorProfile.type: Unconfined (docker: --security-opt apparmor=unconfined)',
  },
];

/** Adds to an error text what it means on this machine. */
export function explain(text: string, name: BackendName, facts: MachineFacts): Explanation {
  const reason = text.split('\n').join('; ');
  const rule = RULES.find(
    ({ says, where }) => says.test(text) && (where === undefined || where(facts, name)),
  );
  return rule === undefined ? { reason } : { reason: `${reason} (${rule.because})`, remedy: rule.remedy };
}
