import { secretForm } from '../../auth/proof.ts';
import { askAccessToken } from '../access-token.ts';
import { type CloudToken, type CloudTools } from '../cloud-tools.ts';
import { readSecretFile } from '../secret-file.ts';
import { trustedUrl } from '../trusted-url.ts';
import { type AzureCloud } from './azure-cloud.ts';

const WHAT = 'Microsoft Entra';
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/**
 * A token for the application in AZURE_CLIENT_ID, by its secret (AZURE_CLIENT_SECRET) or by a token of another provider
 * (AZURE_FEDERATED_TOKEN_FILE: workload identity); undefined where these are not set. Throws REGISTRY_AUTH, NETWORK.
 */
export async function applicationToken(
  cloud: AzureCloud,
  tools: CloudTools,
  signal?: AbortSignal,
): Promise<CloudToken | undefined> {
  const { env } = tools;
  const [tenant, client] = [env['AZURE_TENANT_ID'], env['AZURE_CLIENT_ID']];
  const proof = tenant && client ? proofOf(tools) : undefined;
  if (!tenant || !client || proof === undefined) return undefined;
  for (const secret of Object.values(proof)) if (secret !== ASSERTION_TYPE) tools.secrets.add(secret);
  const authority = (env['AZURE_AUTHORITY_HOST'] || cloud.authority).replace(/\/+$/, '');
  const server = trustedUrl(`${authority}/${encodeURIComponent(tenant)}/oauth2/v2.0/token`, WHAT);
  const request = secretForm(server.href, {
    grant_type: 'client_credentials',
    client_id: client,
    scope: `${cloud.resource}.default`,
    ...proof,
  });
  return askAccessToken({ what: WHAT, request }, `application ${client}`, tools, signal);
}

function proofOf({ env }: CloudTools): Readonly<Record<string, string>> | undefined {
  const secret = env['AZURE_CLIENT_SECRET'];
  if (secret) return { client_secret: secret };
  const file = env['AZURE_FEDERATED_TOKEN_FILE'];
  if (!file) return undefined;
  return { client_assertion_type: ASSERTION_TYPE, client_assertion: readSecretFile(file, WHAT).trim() };
}
