import { BuildError } from '../../errors/index.ts';

/**
 * A signed address of blob storage, checked: a web address without user information, with TLS where the service that named
 * it has TLS. Throws NETWORK otherwise.
 */
export function checkSignedUrl(text: string, service: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isWeb = url?.protocol === 'https:' || url?.protocol === 'http:';
  const leavesTls = url?.protocol === 'http:' && new URL(service).protocol === 'https:';
  if (url === undefined || !isWeb || leavesTls || url.username !== '' || url.password !== '')
    throw new BuildError('NETWORK', 'the cache service names an address for an entry that is not to be used');
  return url;
}

/** The address with more query parameters. Those that are signed stay byte for byte. */
export function withQuery(url: URL, query: string): string {
  return `${url.origin}${url.pathname}${url.search === '' ? '?' : `${url.search}&`}${query}`;
}
