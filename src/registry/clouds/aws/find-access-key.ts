import { type CloudTools } from '../cloud-tools.ts';
import { accessKeyOf, type AccessKey } from './access-key.ts';
import { keyOfContainer } from './key-of-container.ts';
import { keyOfInstance } from './key-of-instance.ts';
import { keyOfProfile } from './key-of-profile.ts';
import { keyOfWebIdentity } from './key-of-web-identity.ts';

/**
 * The AWS key of this environment, in the order of AWS's own programs: variables, web identity, files, container, machine.
 * Undefined where there is none. Throws REGISTRY_AUTH, NETWORK.
 */
export async function findAccessKey(tools: CloudTools, signal?: AbortSignal): Promise<AccessKey | undefined> {
  const key =
    keyOfEnvironment(tools) ??
    (await keyOfWebIdentity(tools, signal)) ??
    keyOfProfile(tools.env) ??
    (await keyOfContainer(tools, signal)) ??
    (await keyOfInstance(tools, signal));
  if (key === undefined) return undefined;
  tools.secrets.add(key.secret);
  if (key.sessionToken !== undefined) tools.secrets.add(key.sessionToken);
  return key;
}

function keyOfEnvironment({ env }: CloudTools): AccessKey | undefined {
  const fields = {
    id: env['AWS_ACCESS_KEY_ID'],
    secret: env['AWS_SECRET_ACCESS_KEY'],
    token: env['AWS_SESSION_TOKEN'],
  };
  return accessKeyOf(fields, 'AWS_ACCESS_KEY_ID');
}
