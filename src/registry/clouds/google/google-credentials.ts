import { z } from 'zod';
import { failed, readJson } from '../ask.ts';

/** A service account's key, as the console gives it out. */
const ServiceAccount = z.looseObject({
  type: z.literal('service_account'),
  client_email: z.string().min(1),
  private_key: z.string().min(1),
  private_key_id: z.string().nullish(),
  token_uri: z.string().nullish(),
});
/** What `gcloud auth application-default login` writes. */
const AuthorizedUser = z.looseObject({
  type: z.literal('authorized_user'),
  client_id: z.string().min(1),
  client_secret: z.string().min(1),
  refresh_token: z.string().min(1),
});
/** Workload identity federation: google-github-actions/auth, GitLab, Kubernetes. */
const ExternalAccount = z.looseObject({
  type: z.literal('external_account'),
  audience: z.string().min(1),
  subject_token_type: z.string().min(1),
  token_url: z.string().min(1),
  service_account_impersonation_url: z.string().nullish(),
  credential_source: z.looseObject({
    file: z.string().nullish(),
    url: z.string().nullish(),
    headers: z.record(z.string(), z.string()).nullish(),
    format: z.looseObject({ type: z.string(), subject_token_field_name: z.string().nullish() }).nullish(),
  }),
});
const Credentials = z.discriminatedUnion('type', [ServiceAccount, AuthorizedUser, ExternalAccount]);
const Kind = z.looseObject({ type: z.string() });

export type ServiceAccount = z.infer<typeof ServiceAccount>;
export type AuthorizedUser = z.infer<typeof AuthorizedUser>;
export type ExternalAccount = z.infer<typeof ExternalAccount>;
export type GoogleCredentials = z.infer<typeof Credentials>;

const KINDS = ['service_account', 'authorized_user', 'external_account'];

/** Reads a file of Google's credentials. Throws REGISTRY_AUTH for other kinds and for broken ones, never with content. */
export function parseGoogleCredentials(json: string, path: string): GoogleCredentials {
  const { type } = readJson(path, json, Kind);
  if (!KINDS.includes(type))
    throw failed(path, `credentials of the type ${JSON.stringify(type.slice(0, 60))} are not supported`);
  return readJson(path, json, Credentials);
}
