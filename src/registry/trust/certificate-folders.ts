import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type TlsMaterial } from '../../http/index.ts';
import { type Environment } from '../credentials/credential-store.ts';
import { readClient, readText, splitCertificates } from './pem.ts';

export type HostCertificates = Pick<TlsMaterial, 'authorities' | 'client'>;

/** Where docker and podman look for a directory named after the host (docs.docker.com, "certs.d"; containers-certs.d(5)). */
export function certificateFolders(env: Environment): string[] {
  const home = env['HOME'] ?? '';
  const own = ['.config/containers/certs.d', '.config/docker/certs.d', '.docker/certs.d'];
  return [
    ...(home.startsWith('/') ? own.map((path) => join(home, path)) : []),
    '/etc/containers/certs.d',
    '/etc/docker/certs.d',
  ];
}

/**
 * What the folders hold for a host: `*.crt` are authorities, `*.cert` and `*.key` of the same name a client certificate.
 * Throws USAGE for a file that cannot be read, and a `*.cert` without its key.
 */
export function readFolders(folders: readonly string[], hosts: readonly string[]): HostCertificates {
  const files = folders.flatMap((folder) => hosts.flatMap((host) => filesOf(join(folder, host))));
  const authorities = files
    .filter((path) => path.endsWith('.crt'))
    .flatMap((path) => splitCertificates(readText(path, 'a certificate'), path));
  const certificate = files.find((path) => path.endsWith('.cert'));
  if (certificate === undefined) return { authorities };
  const key = certificate.replace(/\.cert$/, '.key');
  return { authorities, client: readClient({ certificate, key }) };
}

function filesOf(directory: string): string[] {
  try {
    return readdirSync(directory)
      .sort()
      .map((name) => join(directory, name));
  } catch {
    return [];
  }
}
