import { BuildError, redact } from '../../errors/index.ts';

/**
 * The token server a challenge names, if it may be trusted with a credential: by https for a registry on https, else on
 * the registry's own host. Relative addresses count from the registry. Throws REGISTRY_AUTH.
 */
export function tokenServer(realm: string | undefined, registryBase: string): URL {
  const base = new URL(registryBase);
  if (realm === undefined || realm === '' || !URL.canParse(realm, base.href))
    throw refused(base, realm, 'it is no address');
  const url = new URL(realm, base);
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw refused(base, realm, 'it is no web address');
  if (url.username !== '' || url.password !== '') throw refused(base, realm, 'it carries a user name');
  url.hash = '';
  const sameHost = url.hostname === base.hostname;
  if (base.protocol === 'https:' && url.protocol === 'http:')
    throw refused(base, realm, 'it would send credentials in the clear');
  if (base.protocol === 'http:' && !sameHost)
    throw refused(base, realm, 'a registry reached by plain HTTP may only name its own host');
  return url;
}

function refused(base: URL, realm: string | undefined, why: string): BuildError {
  const shown = JSON.stringify(redact((realm ?? '').slice(0, 200)));
  return new BuildError('REGISTRY_AUTH', `registry ${base.host} names the token server ${shown}: ${why}`);
}
