import { join } from 'node:path';
import { assertNever } from '../../../errors/index.ts';
import { homeOf } from '../../credentials/config-places.ts';
import { type Cloud, type CloudToken, type CloudTools } from '../cloud-tools.ts';
import { readOptionalFile, readSecretFile } from '../secret-file.ts';
import { authorizedUserToken } from './authorized-user.ts';
import { externalAccountToken } from './external-account.ts';
import { parseGoogleCredentials } from './google-credentials.ts';
import { machineToken } from './machine-token.ts';
import { serviceAccountToken } from './service-account.ts';

/** Container Registry and Artifact Registry. */
const HOST = /^(?:(?:[a-z0-9-]+\.)?gcr\.io|[a-z0-9-]+-docker\.pkg\.dev)$/;
const USER = 'oauth2accesstoken';
const NAMED = 'GOOGLE_APPLICATION_CREDENTIALS';

/**
 * Google's registries with Application Default Credentials: the file GOOGLE_APPLICATION_CREDENTIALS names, gcloud's own
 * login, the metadata service.
 */
export function google(tools: CloudTools): Cloud {
  return {
    covers: (registry) => HOST.test(registry.toLowerCase()),
    async credential(_, signal) {
      const token = await findToken(tools, signal);
      if (token === undefined) return undefined;
      const { value, expiresAt, origin } = token;
      return { credential: { kind: 'basic', username: USER, password: value }, expiresAt, origin };
    },
  };
}

async function findToken(tools: CloudTools, signal?: AbortSignal): Promise<CloudToken | undefined> {
  const file = credentialsFile(tools);
  if (file === undefined) return machineToken(tools, signal);
  const credentials = parseGoogleCredentials(file.text, file.path);
  switch (credentials.type) {
    case 'service_account':
      return serviceAccountToken(credentials, tools, signal);
    case 'authorized_user':
      return authorizedUserToken(credentials, tools, signal);
    case 'external_account':
      return externalAccountToken(credentials, tools, signal);
    default:
      return assertNever(credentials);
  }
}

function credentialsFile({ env }: CloudTools): { readonly path: string; readonly text: string } | undefined {
  const named = env[NAMED];
  if (named) return { path: named, text: readSecretFile(named, NAMED) };
  const settings = env['CLOUDSDK_CONFIG'] || join(homeOf(env), '.config', 'gcloud');
  const path = join(settings, 'application_default_credentials.json');
  const text = readOptionalFile(path);
  return text === undefined ? undefined : { path, text };
}
