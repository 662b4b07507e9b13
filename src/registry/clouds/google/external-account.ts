import { z } from 'zod';
import { bearerProof, secretForm, withProof } from '../../auth/proof.ts';
import { askAccessToken } from '../access-token.ts';
import { askJson, failed } from '../ask.ts';
import { type CloudToken, type CloudTools } from '../cloud-tools.ts';
import { trustedUrl } from '../trusted-url.ts';
import { type ExternalAccount } from './google-credentials.ts';
import { SCOPE } from './scope.ts';
import { subjectToken } from './subject-token.ts';

const WHAT = 'Google, by workload identity federation';
const Impersonated = z.looseObject({ accessToken: z.string().min(1), expireTime: z.string() });

/**
 * An access token for an identity of another provider (RFC 8693), and where the file says so for the service account that
 * it may stand for. Throws REGISTRY_AUTH, NETWORK.
 */
export async function externalAccountToken(
  account: ExternalAccount,
  tools: CloudTools,
  signal?: AbortSignal,
): Promise<CloudToken> {
  const server = trustedUrl(account.token_url, WHAT);
  const request = secretForm(server.href, {
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    audience: account.audience,
    scope: SCOPE,
    requested_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    subject_token_type: account.subject_token_type,
    subject_token: await subjectToken(account, tools, signal),
  });
  const token = await askAccessToken({ what: WHAT, request }, 'workload identity federation', tools, signal);
  const impersonation = account.service_account_impersonation_url;
  return impersonation ? impersonate(impersonation, token, tools, signal) : token;
}

async function impersonate(
  address: string,
  token: CloudToken,
  tools: CloudTools,
  signal?: AbortSignal,
): Promise<CloudToken> {
  const url = trustedUrl(address, WHAT);
  const plain = {
    method: 'POST',
    url: url.href,
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify({ scope: [SCOPE] })),
  };
  const request = withProof(plain, bearerProof(token.value, url.origin));
  const { accessToken, expireTime } = await askJson(
    { what: WHAT, request, shape: Impersonated },
    tools,
    signal,
  );
  tools.secrets.add(accessToken);
  const expiresAt = Date.parse(expireTime);
  if (Number.isNaN(expiresAt)) throw failed(WHAT, 'wrong: expireTime');
  return { value: accessToken, expiresAt, origin: token.origin };
}
