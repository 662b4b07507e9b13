import { z } from 'zod';
import { ask, failed, readJson } from '../ask.ts';
import { type CloudTools } from '../cloud-tools.ts';
import { readSecretFile } from '../secret-file.ts';
import { trustedUrl } from '../trusted-url.ts';
import { type ExternalAccount } from './google-credentials.ts';

const WHAT = 'the identity token for Google';
/** Azure's metadata service is a source of such tokens; it is reached by plain HTTP. */
const HOSTS = ['169.254.169.254'];

/** The token of the other identity provider, from a file or by HTTP. Throws REGISTRY_AUTH, NETWORK. */
export async function subjectToken(
  { credential_source: source }: ExternalAccount,
  tools: CloudTools,
  signal?: AbortSignal,
): Promise<string> {
  const text = await sourceText(source, tools, signal);
  const field = source.format?.type === 'json' ? source.format.subject_token_field_name : undefined;
  const token = field ? readJson(WHAT, text, z.looseObject({ [field]: z.string() }))[field] : text;
  if (typeof token !== 'string' || token.trim() === '') throw failed(WHAT, 'it is empty');
  tools.secrets.add(token.trim());
  return token.trim();
}

async function sourceText(
  source: ExternalAccount['credential_source'],
  tools: CloudTools,
  signal?: AbortSignal,
): Promise<string> {
  if (source.file) return readSecretFile(source.file, WHAT);
  if (!source.url) throw failed(WHAT, 'only the sources file and url are supported');
  const url = trustedUrl(source.url, WHAT, HOSTS);
  const headers = source.headers ?? {};
  for (const value of Object.values(headers)) tools.secrets.add(value.replace(/^bearer /i, ''));
  const request = { method: 'GET', url: url.href, headers };
  return ask({ what: WHAT, request, metadata: url.protocol === 'http:' }, tools, signal);
}
