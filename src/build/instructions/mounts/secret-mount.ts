import { BuildError } from '../../../errors/index.ts';
import type { SecretRequest } from './mount-request.ts';
import { soleNode, type PreparedMount } from './prepared-mount.ts';

/** What the secrets of one RUN come to. */
export interface PreparedSecrets {
  readonly mounts: readonly PreparedMount[];
  readonly env: Readonly<Record<string, string>>;
  readonly values: readonly Uint8Array[];
}

/**
 * Secrets as files and variables; of one that is not given and not required there is no file, and its variable is empty.
 * Throws USAGE for a required one.
 */
export function prepareSecrets(
  requests: readonly SecretRequest[],
  given: ReadonlyMap<string, Uint8Array>,
): PreparedSecrets {
  const present = requests.flatMap((request) => {
    const content = given.get(request.id);
    if (content === undefined && request.required) throw notGiven(request.id);
    return content === undefined ? [] : [{ ...request, content }];
  });
  return {
    mounts: present.flatMap(({ target, ...secret }) =>
      target === undefined ? [] : [secretAt(target, secret)],
    ),
    env: Object.fromEntries(
      requests.flatMap(({ env, id }) =>
        env === undefined ? [] : [[env, Buffer.from(given.get(id) ?? []).toString('utf8')]],
      ),
    ),
    values: present.map(({ content }) => content),
  };
}

function secretAt(
  target: string,
  secret: Pick<SecretRequest, 'mode' | 'uid' | 'gid'> & { readonly content: Uint8Array },
): PreparedMount {
  const { content, mode = 0o400, uid = 0, gid = 0 } = secret;
  return {
    target,
    kind: 'file',
    view: soleNode('file'),
    room: undefined,
    at: (at, create) => ({ kind: 'secret', target: at, create, content, mode, uid, gid }),
  };
}

function notGiven(id: string): BuildError {
  return new BuildError('USAGE', `secret ${id}: not found`, {
    hint: `give it by --secret id=${id},src=FILE or --secret id=${id},env=VARIABLE; in the action by secrets, secret-files or secret-envs`,
  });
}
