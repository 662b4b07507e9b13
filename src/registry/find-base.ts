import { BuildError } from '../errors/index.ts';
import { isCertificateError, type HttpClient } from '../http/index.ts';
import { type Endpoint } from './endpoint.ts';

/**
 * The base address that answers: the only one there is, or the first of several from which any answer comes. Throws
 * NETWORK, with the failure of the last one, where none does.
 */
export async function findBase(endpoint: Endpoint, http: HttpClient, signal?: AbortSignal): Promise<string> {
  const [first, ...more] = endpoint.bases;
  if (first === undefined) throw new BuildError('INTERNAL', `no address for ${endpoint.registry}`);
  if (more.length === 0) return first;
  let failure: unknown;
  for (const base of endpoint.bases) {
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
      failure = error;
    }
  }
  throw failure;
}
