import { type HttpRequest } from '../../../http/index.ts';
import { withProof } from '../../auth/proof.ts';
import { askJson } from '../ask.ts';
import { type CloudTools } from '../cloud-tools.ts';
import { readSecretFile } from '../secret-file.ts';
import { trustedUrl } from '../trusted-url.ts';
import { accessKeyOf, type AccessKey } from './access-key.ts';
import { LentKey } from './lent-key.ts';

const WHAT = 'credentials of the AWS container';
/** Addresses of ECS and EKS that are reached by plain HTTP. */
const HOSTS = ['169.254.170.2', '169.254.170.23', '[fd00:ec2::23]'];

/**
 * The key ECS (AWS_CONTAINER_CREDENTIALS_RELATIVE_URI) or an agent such as EKS's (AWS_CONTAINER_CREDENTIALS_FULL_URI) lends
 * to this container; undefined where neither is set. Throws REGISTRY_AUTH, NETWORK.
 */
export async function keyOfContainer(
  tools: CloudTools,
  signal?: AbortSignal,
): Promise<AccessKey | undefined> {
  const { env, endpoints } = tools;
  const relative = env['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI'];
  const full = env['AWS_CONTAINER_CREDENTIALS_FULL_URI'];
  if (!relative && !full) return undefined;
  const text = relative ? `${endpoints.awsContainer}/${relative.replace(/^\/+/, '')}` : (full ?? '');
  const url = trustedUrl(text, WHAT, HOSTS);
  const request: HttpRequest = { method: 'GET', url: url.href };
  const token = relative ? undefined : tokenOf(tools);
  const proof = token === undefined ? undefined : { authorization: token, origin: url.origin };
  const lent = await askJson(
    { what: WHAT, request: withProof(request, proof), metadata: true, shape: LentKey },
    tools,
    signal,
  );
  return accessKeyOf(
    { id: lent.AccessKeyId, secret: lent.SecretAccessKey, token: lent.Token ?? undefined },
    WHAT,
  );
}

function tokenOf({ env, secrets }: CloudTools): string | undefined {
  const file = env['AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE'];
  const token = file ? readSecretFile(file, WHAT).trim() : env['AWS_CONTAINER_AUTHORIZATION_TOKEN'];
  if (!token) return undefined;
  secrets.add(token);
  return token;
}
