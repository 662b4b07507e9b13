import { BlockList, isIP } from 'node:net';
import { BuildError } from '../errors/index.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The proxy for a URL, from http_proxy, https_proxy and no_proxy (either case) by Go's rules: `*`, host names with
 * their subdomains, `.suffix`, `host:port`, addresses and networks like 10.0.0.0/8; loopback is never proxied.
 * Undefined for a direct connection. Throws USAGE for a proxy that is no URL.
 */
export function proxyFor(url: URL, env: Environment): string | undefined {
  const name = url.protocol === 'https:' ? 'https_proxy' : 'http_proxy';
  const proxy = read(env, name);
  if (proxy === '' || isDirect(url, read(env, 'no_proxy'))) return undefined;
  const text = /^[a-z][a-z0-9]*:\/\//i.test(proxy) ? proxy : `http://${proxy}`;
  if (!URL.canParse(text)) throw new BuildError('USAGE', `${name} is no URL`);
  return text;
}

function read(env: Environment, name: string): string {
  return (env[name] ?? env[name.toUpperCase()] ?? '').trim();
}

function isDirect(url: URL, noProxy: string): boolean {
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
  if (host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host)) return true;
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
  return noProxy
    .toLowerCase()
    .split(/[,\s]+/)
    .some((entry) => entry !== '' && covers(entry, host, port));
}

function covers(entry: string, host: string, port: string): boolean {
  if (entry === '*') return true;
  if (entry.includes('/')) return inNetwork(entry, host);
  const [, name = entry, entryPort] = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(entry) ?? [];
  if (entryPort !== undefined && entryPort !== port) return false;
  const bare = name.replace(/^\[(.*)\]$/, '$1');
  const suffix = bare.replace(/^\*?\./, '');
  const subdomain = host.endsWith(`.${suffix}`);
  return bare.startsWith('*.') || bare.startsWith('.') ? subdomain : host === suffix || subdomain;
}

function inNetwork(entry: string, host: string): boolean {
  const [network = '', prefix = ''] = entry.split('/');
  const family = isIP(network);
  if (family === 0 || isIP(host) !== family || !/^\d+$/.test(prefix)) return false;
  const bits = Number(prefix);
  if (bits > (family === 6 ? 128 : 32)) return false;
  const list = new BlockList();
  list.addSubnet(network, bits, family === 6 ? 'ipv6' : 'ipv4');
  return list.check(host, family === 6 ? 'ipv6' : 'ipv4');
}
