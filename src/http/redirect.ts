import { BuildError, redact } from '../errors/index.ts';
import { type HttpRequest } from './http-port.ts';

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/** Headers that may go to an origin the caller did not name. All others may carry secrets. */
const HARMLESS = new Set([
  'accept',
  'accept-encoding',
  'accept-language',
  'content-type',
  'if-modified-since',
  'if-none-match',
  'range',
  'user-agent',
]);

/** True where the status, with this Location, asks to go elsewhere. */
export function isRedirect(status: number, location: string | undefined): location is string {
  return REDIRECTS.has(status) && location !== undefined && location !== '';
}

/**
 * The request that follows a redirect: without credentials where the origin changes, by GET after a 303. Throws
 * NETWORK for a step from https to http, for other schemes, and where a 301 or 302 would lose a body.
 */
export function followRedirect(request: HttpRequest, status: number, location: string): HttpRequest {
  const from = new URL(request.url);
  const to = parseTarget(location, from);
  if (from.protocol === 'https:' && to.protocol === 'http:')
    throw refusal(request, `from https to plain http (${redact(to.href)})`);
  const rewritten =
    status === 303 && request.method !== 'HEAD' ? { ...request, method: 'GET', body: undefined } : request;
  if (status < 303 && rewritten.body !== undefined)
    throw refusal(request, `of an upload, with status ${status}`);
  const headers = to.origin === from.origin ? request.headers : harmless(request.headers ?? {});
  return { ...rewritten, url: to.href, headers, cameFrom: request.cameFrom ?? request.url };
}

function parseTarget(location: string, from: URL): URL {
  const to = URL.canParse(location, from.href) ? new URL(location, from) : undefined;
  if (to === undefined || (to.protocol !== 'http:' && to.protocol !== 'https:'))
    throw new BuildError('NETWORK', `${redact(from.href)} redirects to no web address`);
  // Names and passwords in a redirect are not ours to use.
  to.username = '';
  to.password = '';
  to.hash = '';
  return to;
}

function harmless(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => HARMLESS.has(name.toLowerCase())));
}

function refusal(request: HttpRequest, what: string): BuildError {
  return new BuildError('NETWORK', `refused a redirect of ${redact(request.url)} ${what}`);
}
