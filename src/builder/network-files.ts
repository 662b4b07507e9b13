import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import type { BOUND_FILES } from '../snapshot/index.ts';

const FALLBACK_HOSTS = '127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n';

/** What RUN finds in the files that name resolution reads: this machine's, since it shares the machine's network. */
export function networkFiles(
  extraHosts: readonly { readonly host: string; readonly address: string }[],
): Record<(typeof BOUND_FILES)[number], string> {
  const name = hostname();
  const hosts = readOr('/etc/hosts', `${FALLBACK_HOSTS}127.0.1.1\t${name}\n`);
  const more = extraHosts.map(({ host, address }) => `${address}\t${host}\n`).join('');
  return {
    '/etc/resolv.conf': readOr('/etc/resolv.conf', ''),
    '/etc/hosts': more === '' || hosts.endsWith('\n') ? hosts + more : `${hosts}\n${more}`,
    '/etc/hostname': `${name}\n`,
  };
}

function readOr(path: string, fallback: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return fallback; // a machine without one resolves names in its own way
  }
}
