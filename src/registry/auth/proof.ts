import { BuildError } from '../../errors/index.ts';
import { type HttpRequest } from '../../http/index.ts';

/** An Authorization header, and the one origin (scheme, host, port) it may be sent to. */
export interface Proof {
  readonly authorization: string;
  readonly origin: string;
}

/** The proof for a user and password. */
export function basicProof(
  pair: { readonly username: string; readonly password: string },
  origin: string,
): Proof {
  const encoded = Buffer.from(`${pair.username}:${pair.password}`).toString('base64');
  return { authorization: `Basic ${encoded}`, origin };
}

/** The proof for a token. */
export function bearerProof(token: string, origin: string): Proof {
  return { authorization: `Bearer ${token}`, origin };
}

/**
 * The request with its proof: the only place where a request gets an Authorization header. The HTTP client drops it again
 * when a redirect leaves the origin. Throws INTERNAL for a request to any other origin than the proof's.
 */
export function withProof(request: HttpRequest, proof: Proof | undefined): HttpRequest {
  if (proof === undefined) return request;
  if (new URL(request.url).origin !== proof.origin)
    throw new BuildError('INTERNAL', `a credential of ${proof.origin} was about to be sent elsewhere`);
  return { ...request, headers: { ...request.headers, authorization: proof.authorization } };
}

/** A POST whose body holds secrets: no redirect is followed, as the body would go along. */
export function secretForm(url: string, fields: Readonly<Record<string, string>>): HttpRequest {
  return {
    method: 'POST',
    url,
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
    body: Buffer.from(new URLSearchParams(fields).toString()),
    redirects: 'manual',
  };
}
