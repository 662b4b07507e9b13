import { type HttpRequest } from '../../../http/index.ts';
import { askAccessToken } from '../access-token.ts';
import { type CloudToken, type CloudTools } from '../cloud-tools.ts';
import { trustedUrl } from '../trusted-url.ts';
import { type AzureCloud } from './azure-cloud.ts';

const WHAT = 'Azure’s managed identity';

/**
 * A token for the identity Azure gave to this app (IDENTITY_ENDPOINT) or machine, or to the one of them AZURE_CLIENT_ID
 * names; undefined on other machines, unless AZURE_POD_IDENTITY_AUTHORITY_HOST names a service. Throws REGISTRY_AUTH,
 * NETWORK.
 */
export async function managedIdentityToken(
  cloud: AzureCloud,
  tools: CloudTools,
  signal?: AbortSignal,
): Promise<CloudToken | undefined> {
  const request = ofApp(tools) ?? ofMachine(tools);
  if (request === undefined) return undefined;
  const url = new URL(request.url);
  url.searchParams.set('resource', cloud.resource);
  const client = tools.env['AZURE_CLIENT_ID'];
  if (client) url.searchParams.set('client_id', client);
  const whole = { ...request, url: url.href };
  return askAccessToken({ what: WHAT, request: whole, metadata: true }, 'managed identity', tools, signal);
}

function ofApp({ env, secrets }: CloudTools): HttpRequest | undefined {
  const [endpoint, header] = [env['IDENTITY_ENDPOINT'], env['IDENTITY_HEADER']];
  if (!endpoint || !header) return undefined;
  secrets.add(header);
  const { hostname } = new URL(endpoint);
  const url = trustedUrl(endpoint, WHAT, hostname.startsWith('169.254.') ? [hostname] : []);
  url.searchParams.set('api-version', '2019-08-01');
  return { method: 'GET', url: url.href, headers: { 'x-identity-header': header } };
}

function ofMachine({ env, endpoints, vendor }: CloudTools): HttpRequest | undefined {
  const named = env['AZURE_POD_IDENTITY_AUTHORITY_HOST'];
  if (!named && vendor !== 'microsoft') return undefined;
  const url = `${(named || endpoints.azureInstance).replace(/\/+$/, '')}/metadata/identity/oauth2/token`;
  return { method: 'GET', url: `${url}?api-version=2018-02-01`, headers: { metadata: 'true' } };
}
