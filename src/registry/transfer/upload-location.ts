import { BuildError, redact } from '../../errors/index.ts';
import { type HttpResponse } from '../../http/index.ts';
import { type Digest } from '../../oci/index.ts';
import { type Attempt } from '../failure.ts';

/**
 * Where an upload goes on, from the Location of an answer, absolute or relative. A registry behind a proxy may write its
 * own address with http; it stays https. Throws REGISTRY where there is no usable Location. Another origin is returned
 * as it is: it gets no credentials.
 */
export function uploadLocation(response: HttpResponse, base: string, attempt: Attempt): URL {
  const header = response.header('location') ?? '';
  const from = new URL(response.url);
  const url = header !== '' && URL.canParse(header, from.href) ? new URL(header, from) : undefined;
  if (url === undefined || (url.protocol !== 'https:' && url.protocol !== 'http:'))
    throw refused(attempt, header, 'is no web address');
  url.username = '';
  url.password = '';
  url.hash = '';
  const own = new URL(base);
  if (own.protocol === 'https:' && url.protocol === 'http:') {
    if (url.hostname !== own.hostname) throw refused(attempt, header, 'would leave TLS');
    url.protocol = 'https:';
  }
  return url;
}

/** The address that ends an upload. The registry's own query is kept byte for byte: it may be signed. */
export function withDigest(location: URL, digest: Digest): string {
  return `${location.href}${location.search === '' ? '?' : '&'}digest=${encodeURIComponent(digest)}`;
}

function refused({ connection, repository }: Attempt, location: string, why: string): BuildError {
  const shown = JSON.stringify(redact(connection.conceal(location).slice(0, 200)));
  return new BuildError(
    'REGISTRY',
    `${connection.registry} sends the upload to ${repository} to ${shown}, which ${why}`,
  );
}
