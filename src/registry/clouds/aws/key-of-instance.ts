import { ask, askJson, failed } from '../ask.ts';
import { type CloudTools } from '../cloud-tools.ts';
import { trustedUrl } from '../trusted-url.ts';
import { accessKeyOf, type AccessKey } from './access-key.ts';
import { LentKey } from './lent-key.ts';

const WHAT = 'the role of the AWS machine';
const SESSION_S = '300';
const ROLE = /^[\w+=,.@-]{1,128}$/;

/**
 * The key of the role an EC2 machine has, by IMDSv2; undefined on other machines, unless
 * AWS_EC2_METADATA_SERVICE_ENDPOINT names a service, and where AWS_EC2_METADATA_DISABLED is true. Throws REGISTRY_AUTH,
 * NETWORK.
 */
export async function keyOfInstance(tools: CloudTools, signal?: AbortSignal): Promise<AccessKey | undefined> {
  const { env, endpoints, vendor, secrets } = tools;
  const named = env['AWS_EC2_METADATA_SERVICE_ENDPOINT'];
  if (env['AWS_EC2_METADATA_DISABLED']?.toLowerCase() === 'true') return undefined;
  if (!named && vendor !== 'amazon') return undefined;
  const { hostname } = new URL(endpoints.awsInstance);
  const base = trustedUrl(named || endpoints.awsInstance, WHAT, [hostname, '[fd00:ec2::254]']).origin;
  const get = (path: string, headers: Readonly<Record<string, string>>, method = 'GET') => ({
    what: WHAT,
    request: { method, url: `${base}/latest/${path}`, headers },
    metadata: true,
  });
  const seconds = { 'x-aws-ec2-metadata-token-ttl-seconds': SESSION_S };
  const session = (await ask(get('api/token', seconds, 'PUT'), tools, signal)).trim();
  secrets.add(session);
  const headers = { 'x-aws-ec2-metadata-token': session };
  const list = 'meta-data/iam/security-credentials/';
  const [role = ''] = (await ask(get(list, headers), tools, signal)).trim().split('\n');
  if (!ROLE.test(role)) throw failed(WHAT, 'it has none');
  const lent = await askJson(
    { ...get(`${list}${encodeURIComponent(role)}`, headers), shape: LentKey },
    tools,
    signal,
  );
  return accessKeyOf(
    { id: lent.AccessKeyId, secret: lent.SecretAccessKey, token: lent.Token ?? undefined },
    `role ${role} of the machine`,
  );
}
