import { failed } from './ask.ts';

const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/**
 * The address, which a secret may be sent to: by https, or on the machine itself, or to one of the hosts. Throws
 * REGISTRY_AUTH for any other.
 */
export function trustedUrl(text: string, what: string, hosts: readonly string[] = []): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || url.username !== '' || url.password !== '')
    throw failed(what, 'it has no usable address');
  const near = LOOPBACK.test(url.hostname) || hosts.includes(url.hostname);
  if (url.protocol === 'https:' || (url.protocol === 'http:' && near)) return url;
  throw failed(what, `its address ${url.protocol}//${url.host} is not https`);
}
