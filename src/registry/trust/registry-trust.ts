import { DEFAULT_REGISTRY } from '../../reference/index.ts';
import { type RegistryOptions } from '../../request/index.ts';
import { type TlsMaterial, type TlsMaterialOf } from '../../http/index.ts';
import { HUB_HOST } from '../endpoint.ts';
import { type Environment } from '../credentials/credential-store.ts';
import { certificateFolders, type HostCertificates, readFolders } from './certificate-folders.ts';
import { readClient, splitCertificates, readText } from './pem.ts';
import { systemAuthorities } from './system-authorities.ts';

/**
 * Whom each host is trusted by: node's certificates, those of this machine (SSL_CERT_FILE, SSL_CERT_DIR), those given for
 * the host (registry-certificate) and those of docker's and podman's certs.d; and the client certificate it is shown.
 * Files are read at the first connection to their host. Throws USAGE for a file that was named and cannot be read.
 */
export function registryTrust(
  options: Pick<RegistryOptions, 'certificates' | 'clientCertificates'>,
  env: Environment,
): TlsMaterialOf {
  const general = lazily((): TlsMaterial => ({ name: 'this machine', authorities: systemAuthorities(env) }));
  const known = new Map<string, TlsMaterial>();
  const folders = certificateFolders(env);
  const make = (host: string): TlsMaterial => {
    const found = merge(given(host, options), readFolders(folders, namesOf(host)));
    if (found.authorities.length === 0 && found.client === undefined) return general();
    return { ...found, name: host, authorities: [...general().authorities, ...found.authorities] };
  };
  return (host) => {
    const material = known.get(host) ?? make(host);
    known.set(host, material);
    return material;
  };
}

/** Names a host is kept under: with and without the port that goes without saying, Docker Hub under both of its own. */
function namesOf(host: string): string[] {
  const names = /:\d+$/.test(host) ? [host] : [host, `${host}:443`];
  return host === HUB_HOST ? [...names, DEFAULT_REGISTRY, 'index.docker.io'] : names;
}

function given(
  host: string,
  { certificates, clientCertificates }: Pick<RegistryOptions, 'certificates' | 'clientCertificates'>,
): HostCertificates {
  const names = namesOf(host);
  const authorities = Object.entries(certificates)
    .filter(([name]) => names.includes(name.toLowerCase()))
    .flatMap(([name, path]) => splitCertificates(readText(path, `the certificate of ${name}`), path));
  const pair = Object.entries(clientCertificates).find(([name]) => names.includes(name.toLowerCase()));
  return { authorities, client: pair === undefined ? undefined : readClient(pair[1]) };
}

function merge(first: HostCertificates, second: HostCertificates): HostCertificates {
  return {
    authorities: [...first.authorities, ...second.authorities],
    client: first.client ?? second.client,
  };
}

function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
