import { createHash, createHmac } from 'node:crypto';
import { type HttpRequest } from '../../../http/index.ts';
import { withProof } from '../../auth/proof.ts';
import { type AccessKey } from './access-key.ts';

const ALGORITHM = 'AWS4-HMAC-SHA256';

export interface SigningPlace {
  readonly region: string;
  readonly service: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/**
 * The request, signed by AWS's Signature Version 4. The secret itself is not sent. The path must need no escaping, and the
 * body be in memory.
 */
export function signRequest(
  request: HttpRequest,
  key: AccessKey,
  { region, service, now }: SigningPlace,
): HttpRequest {
  const url = new URL(request.url);
  const time = new Date(now).toISOString().replace(/[-:]|\.\d{3}/g, '');
  const date = time.slice(0, 8);
  const headers: Record<string, string> = {
    ...Object.fromEntries(
      Object.entries(request.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
    ),
    'x-amz-date': time,
    ...(key.sessionToken === undefined ? {} : { 'x-amz-security-token': key.sessionToken }),
  };
  const signed: [string, string][] = [...Object.entries(headers), ['host', url.host]];
  signed.sort(([a], [b]) => (a < b ? -1 : 1));
  const names = signed.map(([name]) => name).join(';');
  const canonical = [
    request.method,
    url.pathname,
    canonicalQuery(url),
    ...signed.map(([name, value]) => `${name}:${value.trim().replace(/ +/g, ' ')}`),
    '',
    names,
    sha256(bodyOf(request)),
  ].join('\n');
  const scope = `${date}/${region}/${service}/aws4_request`;
  const text = [ALGORITHM, time, scope, sha256(canonical)].join('\n');
  const signature = hmac(signingKey(key.secret, [date, region, service]), text).toString('hex');
  const authorization = `${ALGORITHM} Credential=${key.id}/${scope}, SignedHeaders=${names}, Signature=${signature}`;
  return withProof({ ...request, headers }, { authorization, origin: url.origin });
}

function canonicalQuery(url: URL): string {
  const pairs = [...url.searchParams].map(([name, value]) => `${escape(name)}=${escape(value)}`);
  return pairs.sort().join('&');
}

function escape(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function signingKey(secret: string, parts: readonly string[]): Buffer {
  return [...parts, 'aws4_request'].reduce<Buffer>(
    (key, part) => hmac(key, part),
    Buffer.from(`AWS4${secret}`),
  );
}

function bodyOf({ body }: HttpRequest): Uint8Array {
  return body instanceof Uint8Array ? body : new Uint8Array();
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
