import { createSign } from 'node:crypto';
import { secretForm } from '../../auth/proof.ts';
import { askAccessToken } from '../access-token.ts';
import { failed } from '../ask.ts';
import { type CloudToken, type CloudTools } from '../cloud-tools.ts';
import { trustedUrl } from '../trusted-url.ts';
import { type ServiceAccount } from './google-credentials.ts';
import { SCOPE } from './scope.ts';

const WHAT = 'Google, with the key of a service account';
const LIFETIME_S = 3600;

/** An access token for a service account, for an assertion signed with its key (RFC 7523). Throws REGISTRY_AUTH, NETWORK. */
export async function serviceAccountToken(
  account: ServiceAccount,
  tools: CloudTools,
  signal?: AbortSignal,
): Promise<CloudToken> {
  const server = trustedUrl(account.token_uri || tools.endpoints.googleToken, WHAT);
  const assertion = sign(account, server.href, Math.floor(tools.waiting.now() / 1000));
  tools.secrets.add(assertion);
  const request = secretForm(server.href, {
    grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
    assertion,
  });
  return askAccessToken({ what: WHAT, request }, `service account ${account.client_email}`, tools, signal);
}

function sign(account: ServiceAccount, audience: string, now: number): string {
  const head = {
    alg: 'RS256',
    typ: 'JWT',
    ...(account.private_key_id ? { kid: account.private_key_id } : {}),
  };
  const claims = { iss: account.client_email, scope: SCOPE, aud: audience, iat: now, exp: now + LIFETIME_S };
  const text = `${encode(head)}.${encode(claims)}`;
  try {
    return `${text}.${createSign('RSA-SHA256').update(text).sign(account.private_key).toString('base64url')}`;
  } catch {
    // The error of the library may quote the key.
    throw failed(WHAT, 'its private_key cannot be used');
  }
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
