import { z } from 'zod';
import { type Environment } from '../../credentials/credential-store.ts';
import { askJson, failed } from '../ask.ts';
import { type Cloud, type CloudCredential, type CloudTools } from '../cloud-tools.ts';
import { trustedUrl } from '../trusted-url.ts';
import { type AccessKey } from './access-key.ts';
import { ecrPlace, type EcrPlace } from './ecr-host.ts';
import { findAccessKey } from './find-access-key.ts';
import { signRequest } from './sign-request.ts';

const TARGETS = {
  ecr: 'AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken',
  'ecr-public': 'SpencerFrontendService.GetAuthorizationToken',
} as const;
/** AWS's word is 12 hours; this holds where the answer does not say. */
const LIFETIME_MS = 60 * 60_000;

const Authorization = z.looseObject({
  authorizationToken: z.string().min(1),
  expiresAt: z.number().nullish(),
});
const Answer = z.looseObject({
  authorizationData: z.union([Authorization, z.array(Authorization).min(1)]),
});

/** Amazon ECR with the key of this environment. */
export function ecr(tools: CloudTools): Cloud {
  return {
    covers: (registry) => ecrPlace(registry) !== undefined,
    async credential(registry, signal) {
      const key = await findAccessKey(tools, signal);
      return key === undefined ? undefined : ecrCredential(registry, key, tools, signal);
    },
  };
}

/** User and password of a registry for who holds this key, by GetAuthorizationToken. Throws REGISTRY_AUTH, NETWORK. */
export async function ecrCredential(
  registry: string,
  key: AccessKey,
  tools: CloudTools,
  signal?: AbortSignal,
): Promise<CloudCredential> {
  const what = `Amazon ECR, with ${key.origin}`;
  const place = ecrPlace(registry);
  if (place === undefined) throw failed(what, `${registry} is no registry of ECR`);
  const url = trustedUrl(endpointOf(place, tools.env), what);
  const unsigned = {
    method: 'POST',
    url: url.href,
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': TARGETS[place.service] },
    body: Buffer.from('{}'),
  };
  const request = signRequest(unsigned, key, { ...place, now: tools.waiting.now() });
  const { authorizationData } = await askJson({ what, request, shape: Answer }, tools, signal);
  const [given] = [authorizationData].flat();
  const pair = Buffer.from(given?.authorizationToken ?? '', 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  if (colon < 1) throw failed(what, 'there is no user and password in the answer');
  return {
    credential: { kind: 'basic', username: pair.slice(0, colon), password: pair.slice(colon + 1) },
    expiresAt: given?.expiresAt ? given.expiresAt * 1000 : tools.waiting.now() + LIFETIME_MS,
    origin: what,
  };
}

function endpointOf({ service, endpoint }: EcrPlace, env: Environment): string {
  const named = service === 'ecr' ? env['AWS_ENDPOINT_URL_ECR'] : env['AWS_ENDPOINT_URL_ECR_PUBLIC'];
  return named || endpoint;
}
