import { z } from 'zod';
import { secretForm } from '../../auth/proof.ts';
import { askJson } from '../ask.ts';
import { type Cloud, type CloudToken, type CloudTools } from '../cloud-tools.ts';
import { trustedUrl } from '../trusted-url.ts';
import { applicationToken } from './application-token.ts';
import { azureCloudOf } from './azure-cloud.ts';
import { managedIdentityToken } from './managed-identity-token.ts';

/** Refresh tokens of ACR last three hours; another is got after one. */
const LIFETIME_MS = 60 * 60_000;

const Exchanged = z.looseObject({ refresh_token: z.string().min(1) });

/** Azure Container Registry with an identity of Entra: an application's, or a managed one. */
export function acr(tools: CloudTools): Cloud {
  return {
    covers: (registry) => azureCloudOf(registry) !== undefined,
    async credential(registry, signal) {
      const cloud = azureCloudOf(registry);
      if (cloud === undefined) return undefined;
      const token =
        (await applicationToken(cloud, tools, signal)) ?? (await managedIdentityToken(cloud, tools, signal));
      if (token === undefined) return undefined;
      const refreshToken = await exchange(registry, token, tools, signal);
      tools.secrets.add(refreshToken);
      return {
        credential: { kind: 'identity', token: refreshToken },
        expiresAt: tools.waiting.now() + LIFETIME_MS,
        origin: `Azure, ${token.origin}`,
      };
    },
  };
}

/** A refresh token of this registry for a token of Entra. */
async function exchange(
  registry: string,
  token: CloudToken,
  tools: CloudTools,
  signal?: AbortSignal,
): Promise<string> {
  const what = `Azure Container Registry ${registry}`;
  const base = trustedUrl(tools.endpoints.acr(registry), what);
  const tenant = tools.env['AZURE_TENANT_ID'];
  const request = secretForm(new URL('/oauth2/exchange', base).href, {
    grant_type: 'access_token',
    service: registry,
    access_token: token.value,
    ...(tenant ? { tenant } : {}),
  });
  const { refresh_token } = await askJson({ what, request, shape: Exchanged }, tools, signal);
  return refresh_token;
}
