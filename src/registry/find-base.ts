import { BuildError } from '../errors/index.ts';
import {
  isCertificateError,
  isPlainAnswer,
  retrying,
  type HttpClient,
  type RetryPolicy,
  type Waiting,
} from '../http/index.ts';
import { type Endpoint } from './endpoint.ts';

/** The base address of an endpoint, asked for with these retries. Throws NETWORK where none answers. */
export type BaseFinder = (endpoint: Endpoint, policy: RetryPolicy, signal?: AbortSignal) => Promise<string>;

/** A finder that looks for each base once, whoever asks and how often. */
export function createBaseFinder(http: HttpClient, waiting: Waiting): BaseFinder {
  const known = new Map<string, Promise<string>>();
  return (endpoint, policy, signal) => {
    const key = JSON.stringify([endpoint.bases, endpoint.verifyTls]);
    const before = known.get(key);
    if (before !== undefined) return before;
    const found = retrying(() => findBase(endpoint, http, signal), { policy, waiting, signal });
    known.set(key, found);
    found.catch(() => known.delete(key));
    return found;
  };
}

/**
 * The base address that answers: the only one there is, or the first of several from which any answer comes. Throws
 * NETWORK, with the failure of the last one, where none does.
 */
async function findBase(endpoint: Endpoint, http: HttpClient, signal?: AbortSignal): Promise<string> {
  const [first, ...more] = endpoint.bases;
  if (first === undefined) throw new BuildError('INTERNAL', `no address for ${endpoint.registry}`);
  if (more.length === 0) return first;
  let failure: unknown;
  for (const [at, base] of endpoint.bases.entries()) {
    try {
      const url = `${base}/v2/`;
      const response = await http.request({
        method: 'GET',
        url,
        verifyTls: endpoint.verifyTls,
        redirects: 'manual',
        signal,
      });
      await response.discard();
      return base;
    } catch (error) {
      if (!(error instanceof BuildError) || error.code !== 'NETWORK') throw error;
      // Who shows a certificate speaks TLS: plain HTTP would be a downgrade.
      if (isCertificateError(error)) throw error;
      const next = endpoint.bases[at + 1];
      // An answer without TLS came from there: that it answers need not be asked again.
      if (isPlainAnswer(error) && next === plainOf(base)) return next;
      failure = error;
    }
  }
  throw failure;
}

function plainOf(base: string): string {
  return base.replace(/^https:/, 'http:');
}
