/** HTTP with the caution a build needs: proxies, time-outs, origin-bound redirects, retries. The only home of undici. */
export { buffered } from './buffered.ts';
export { createHttpClient } from './http-client.ts';
export type { HttpClientOptions } from './http-client.ts';
export type { HttpBody, HttpClient, HttpRequest, HttpResponse } from './http-port.ts';
export type { TlsMaterial, TlsMaterialOf } from './tls-material.ts';
export { isCertificateError, isPlainAnswer, isTransient } from './network-error.ts';
export { realWaiting, type Waiting } from './waiting.ts';
export {
  DEFAULT_RETRIES,
  RETRYABLE_STATUSES,
  askedWaitMs,
  backoffMs,
  retrying,
  withRetries,
  withRetryCount,
} from './retry.ts';
export type { RetryOptions, RetryPolicy } from './retry.ts';
