import { secretForm } from '../../auth/proof.ts';
import { askAccessToken } from '../access-token.ts';
import { type CloudToken, type CloudTools } from '../cloud-tools.ts';
import { trustedUrl } from '../trusted-url.ts';
import { type AuthorizedUser } from './google-credentials.ts';

const WHAT = 'Google, with the login of gcloud';

/** An access token for somebody who logged in with gcloud. Throws REGISTRY_AUTH, NETWORK. */
export async function authorizedUserToken(
  user: AuthorizedUser,
  tools: CloudTools,
  signal?: AbortSignal,
): Promise<CloudToken> {
  const { client_id, client_secret, refresh_token } = user;
  for (const secret of [client_secret, refresh_token]) tools.secrets.add(secret);
  const server = trustedUrl(tools.endpoints.googleToken, WHAT);
  const fields = { grant_type: 'refresh_token', client_id, client_secret, refresh_token };
  const request = secretForm(server.href, fields);
  return askAccessToken({ what: WHAT, request }, 'login of gcloud', tools, signal);
}
