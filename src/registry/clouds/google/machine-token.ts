import { askAccessToken } from '../access-token.ts';
import { type CloudToken, type CloudTools } from '../cloud-tools.ts';

const WHAT = 'Google’s metadata service';
const PATH = '/computeMetadata/v1/instance/service-accounts/default/token';

/**
 * An access token of this machine's (or, on GKE, this pod's) service account; undefined on other machines, unless
 * GCE_METADATA_HOST names a service. Throws REGISTRY_AUTH, NETWORK.
 */
export async function machineToken(tools: CloudTools, signal?: AbortSignal): Promise<CloudToken | undefined> {
  const { env, endpoints, vendor } = tools;
  const host = env['GCE_METADATA_HOST'];
  if (!host && vendor !== 'google') return undefined;
  const base = host ? `http://${host}` : endpoints.googleMetadata;
  const request = { method: 'GET', url: `${base}${PATH}`, headers: { 'metadata-flavor': 'Google' } };
  return askAccessToken(
    { what: WHAT, request, metadata: true },
    'service account of the machine',
    tools,
    signal,
  );
}
