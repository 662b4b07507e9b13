import type { MachineFacts } from '../probe/machine-facts.ts';
import type { ProbeReport } from '../probe/probe-isolation.ts';

/** A line of facts and a line for each probe, with what it took, indented, without a line break at the end. */
export function probeTable(report: ProbeReport): string {
  const width = Math.max(...report.results.map(({ backend }) => backend.length));
  const rows = report.results.map(({ backend, usable, reason, milliseconds = 0 }) => {
    const cost = milliseconds === 0 ? '' : ` (${milliseconds} ms)`;
    return `  ${backend.padEnd(width)}  ${usable ? 'yes' : 'no '}  ${reason}${cost}`.trimEnd();
  });
  return [...factLines(report.facts).map((line) => `  ${line}`), ...rows].join('\n');
}

/** What would make one more backend usable, each once. */
export function remedies(report: ProbeReport): string[] {
  return [
    ...new Set(
      report.results.flatMap(({ usable, remedy }) => (usable || remedy === undefined ? [] : [remedy])),
    ),
  ];
}

function factLines(facts: MachineFacts): string[] {
  return [
    joined([
      `uid ${facts.uid}`,
      `no_new_privs=${facts.noNewPrivileges ? 1 : 0}`,
      `seccomp=${facts.seccomp}`,
      `CapEff=${facts.effective}`,
      facts.container ? 'in a container' : 'not in a container',
      `Linux ${facts.kernel}`,
    ]),
    joined([
      `/ on ${facts.rootFsType}`,
      `scratch ${facts.scratch} on ${[facts.scratchFsType, ...facts.scratchRestrictions].join(' ')}`,
      facts.maskedProc.length > 0 ? `/proc masked (${facts.maskedProc.length} paths)` : undefined,
      facts.initialUserNamespace ? undefined : `in a user namespace (${facts.uidMap})`,
    ]),
    joined([
      facts.maxUserNamespaces === undefined
        ? undefined
        : `user namespaces at most ${facts.maxUserNamespaces}`,
      facts.apparmorRestrictsUserns === true ? 'restricted by AppArmor' : undefined,
      facts.unprivilegedUsernsClone === false ? 'for root only' : undefined,
      facts.securityLabel === undefined ? undefined : `security label ${facts.securityLabel}`,
    ]),
  ].filter((line) => line !== '');
}

function joined(parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined).join(', ');
}
