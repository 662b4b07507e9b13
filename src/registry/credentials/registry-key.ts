import { DEFAULT_REGISTRY } from '../../reference/index.ts';

/** Docker Hub's key in Docker's own configuration, and the name its credential helpers know it by. */
const HUB_KEY = 'https://index.docker.io/v1/';
const HUB_NAMES = new Set([
  DEFAULT_REGISTRY,
  'index.docker.io',
  'registry-1.docker.io',
  'registry.hub.docker.com',
]);

/**
 * A key of a configuration file in one form: `host[:port]`, or `host[:port]/path` for podman's keys that hold for some
 * repositories only. Addresses (`https://host/v1/`) mean their host; all of Docker Hub's names mean docker.io.
 */
export function registryKey(text: string): string {
  const [, scheme, rest = ''] = /^(https?:\/\/)?(.*)$/is.exec(text.trim()) ?? [];
  const [host = '', ...parts] = rest.split('/').filter((part) => part !== '');
  const name = HUB_NAMES.has(host.toLowerCase()) ? DEFAULT_REGISTRY : host.toLowerCase();
  const path = parts.join('/');
  return scheme !== undefined || path === '' || /^v[12]$/.test(path) ? name : `${name}/${path}`;
}

/** Keys that hold for a repository, the most special first. */
export function keysFor(registry: string, repository: string): string[] {
  const parts = [registryKey(registry), ...repository.split('/')];
  return parts.map((_, index) => parts.slice(0, parts.length - index).join('/'));
}

/** The name credential helpers know a registry by. */
export function helperServer(registry: string): string {
  return registryKey(registry) === DEFAULT_REGISTRY ? HUB_KEY : registry;
}
