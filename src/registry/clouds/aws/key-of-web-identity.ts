import { secretForm } from '../../auth/proof.ts';
import { ask, failed } from '../ask.ts';
import { type CloudTools } from '../cloud-tools.ts';
import { readSecretFile } from '../secret-file.ts';
import { trustedUrl } from '../trusted-url.ts';
import { accessKeyOf, type AccessKey } from './access-key.ts';
import { regionOf, suffixOf } from './region.ts';

const WHAT = 'AWS STS, for AWS_ROLE_ARN';

/**
 * A key for the role in AWS_ROLE_ARN, for the token in AWS_WEB_IDENTITY_TOKEN_FILE (OIDC; service accounts of EKS); undefined
 * where the two are not set. Throws REGISTRY_AUTH, NETWORK.
 */
export async function keyOfWebIdentity(
  tools: CloudTools,
  signal?: AbortSignal,
): Promise<AccessKey | undefined> {
  const { env, secrets } = tools;
  const role = env['AWS_ROLE_ARN'];
  const file = env['AWS_WEB_IDENTITY_TOKEN_FILE'];
  if (!role || !file) return undefined;
  const token = readSecretFile(file, WHAT).trim();
  secrets.add(token);
  const region = regionOf(env);
  const own =
    region === undefined ? 'https://sts.amazonaws.com' : `https://sts.${region}.${suffixOf(region)}`;
  const server = trustedUrl(env['AWS_ENDPOINT_URL_STS'] || own, WHAT);
  const request = secretForm(server.href, {
    Action: 'AssumeRoleWithWebIdentity',
    Version: '2011-06-15',
    RoleArn: role,
    RoleSessionName: env['AWS_ROLE_SESSION_NAME'] || 'ts-kaniko',
    WebIdentityToken: token,
  });
  const headers = { ...request.headers, accept: 'application/xml' };
  const xml = await ask({ what: WHAT, request: { ...request, headers } }, tools, signal);
  const fields = {
    id: element(xml, 'AccessKeyId'),
    secret: element(xml, 'SecretAccessKey'),
    token: element(xml, 'SessionToken'),
  };
  const key = accessKeyOf(fields, 'AWS_WEB_IDENTITY_TOKEN_FILE');
  if (key === undefined) throw failed(WHAT, 'there is no key in the answer');
  return key;
}

/** The text of an element; keys hold no character that XML escapes. */
function element(xml: string, name: string): string | undefined {
  return new RegExp(`<${name}>([^<&]*)</${name}>`).exec(xml)?.[1]?.trim();
}
