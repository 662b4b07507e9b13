import { BuildError, redact } from '../errors/index.ts';
import { STALLED } from './stalls.ts';

/** What came was no TLS: mostly the answer of a server that speaks plain HTTP. */
const NO_TLS = 'ERR_SSL_WRONG_VERSION_NUMBER';
/** What came was no HTTP, as when something between us and the server breaks in. */
const NO_HTTP = 'HPE_INVALID';

/** Failures that another attempt may not meet. */
const TRANSIENT = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'UND_ERR_SOCKET',
  'UND_ERR_CLOSED',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
  STALLED,
  NO_HTTP,
]);

const CERTIFICATE = /^(CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|ERR_TLS_CERT|HOSTNAME_MISMATCH)/;
const HINTS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'check the spelling of the host and the DNS of this machine',
  ECONNREFUSED: 'nothing listens there; check host and port',
  UND_ERR_CONNECT_TIMEOUT: 'a firewall may drop the connection; behind a proxy set HTTPS_PROXY',
  [NO_TLS]: 'the server may speak plain HTTP; list it as an insecure registry if that is wanted',
  EPROTO: 'the server may speak plain HTTP; list it as an insecure registry if that is wanted',
};
const CERTIFICATE_HINT =
  'name the CA certificate (PEM) of this host with registry-certificate, or of all hosts with NODE_EXTRA_CA_CERTS';

/** The first `code` along an error's causes, such as ECONNRESET. */
function networkCode(error: unknown): string | undefined {
  for (let at = error, depth = 0; at instanceof Error && depth < 8; at = at.cause, depth += 1) {
    if (!(at instanceof BuildError) && 'code' in at && typeof at.code === 'string') return at.code;
    if (at.name === 'HTTPParserError') return NO_HTTP;
    // Happy-eyeballs failures carry one error for each address.
    if (at instanceof AggregateError && at.errors.length > 0) return networkCode(at.errors[0]);
  }
  return undefined;
}

/** True where TLS was spoken and the certificate was not to be trusted. */
export function isCertificateError(error: unknown): boolean {
  return CERTIFICATE.test(networkCode(error) ?? '');
}

/** True where TLS was tried and an answer came that was none: somebody is there, and speaks another protocol. */
export function isPlainAnswer(error: unknown): boolean {
  return networkCode(error) === NO_TLS;
}

/** True for a NETWORK error that another attempt may not meet; false for bad names, certificates and refusals. */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof BuildError) || error.code !== 'NETWORK') return false;
  return TRANSIENT.has(networkCode(error) ?? '');
}

/** What a failed exchange is to us: our own errors stay, an abort becomes CANCELLED, all else NETWORK. */
export function toNetworkError(
  error: unknown,
  request: { readonly method: string; readonly url: string; readonly signal?: AbortSignal | undefined },
): BuildError {
  const own = ownError(error);
  if (own !== undefined) return own;
  if (request.signal?.aborted === true)
    return new BuildError('CANCELLED', 'the build was cancelled', { cause: error });
  const code = networkCode(error);
  const why = redact(describe(error, code));
  return new BuildError('NETWORK', `${request.method} ${redact(request.url)} failed: ${why}`, {
    hint: isCertificateError(error) ? CERTIFICATE_HINT : HINTS[code ?? ''],
    cause: error,
  });
}

function ownError(error: unknown): BuildError | undefined {
  for (let at = error, depth = 0; at instanceof Error && depth < 8; at = at.cause, depth += 1)
    if (at instanceof BuildError) return at;
  return undefined;
}

function describe(error: unknown, code: string | undefined): string {
  if (!(error instanceof Error)) return String(error);
  const text = error.message === '' ? (code ?? error.name) : error.message;
  const shown = text
    .replace(/[\x00-\x1f\x7f]+/g, ' ')
    .trim()
    .slice(0, 300);
  return code === undefined || shown.includes(code) ? shown : `${shown} (${code})`;
}
