import { BuildError } from '../errors/index.ts';
import { type HttpResponse } from '../http/index.ts';
import { type Connection } from './connection.ts';
import { userOf } from './credentials/credential.ts';
import { type Access } from './endpoint.ts';
import { foreignText } from './foreign-text.ts';

/** Error bodies are read up to here; the rest is dropped. */
const MAX_ERROR_BYTES = 64 * 1024;

/** What was tried, for messages. */
export interface Attempt {
  readonly connection: Connection;
  readonly repository: string;
  readonly access: Access;
  /** The thing asked for, such as `manifest 1.2`. */
  readonly what: string;
}

/**
 * The error for an unwelcome answer, its body read: REGISTRY_AUTH for 401 and 403, REGISTRY_NOT_FOUND for 404, REGISTRY
 * for all else. Says which repository, which user and what he needs.
 */
export async function registryFailure(response: HttpResponse, attempt: Attempt): Promise<BuildError> {
  const { connection, repository, access, what } = attempt;
  const said = foreignText(connection.conceal(await response.text(MAX_ERROR_BYTES).catch(() => '')));
  const name = `${connection.registry}/${repository}`;
  const because = `status ${response.status}${said === '' ? '' : `: ${said}`}`;
  switch (response.status) {
    case 401:
    case 403: {
      const found = await connection.credential().catch(() => undefined);
      const verb = access === 'push' ? 'push to' : 'pull from';
      return new BuildError(
        'REGISTRY_AUTH',
        `${userOf(found)} may not ${verb} ${name} (${what}; ${because})`,
        {
          hint: authHint(connection.registry, repository, access, found !== undefined),
        },
      );
    }
    case 404:
      return new BuildError('REGISTRY_NOT_FOUND', `${name} has no ${what} (${because})`, {
        hint: access === 'push' ? 'the registry may want the repository to be created first' : undefined,
      });
    case 429:
      return new BuildError(
        'REGISTRY',
        `${connection.registry} limits the rate of requests (${what} of ${name}; ${because}${limitsOf(response)})`,
        { hint: 'log in for a higher limit, or use a mirror (registry-mirror)' },
      );
    default:
      return new BuildError('REGISTRY', `${name}: ${what} failed (${because})`);
  }
}

/** What Docker Hub tells of its limits, `100;w=21600` being 100 in six hours. */
function limitsOf(response: HttpResponse): string {
  const told = ['ratelimit-limit', 'ratelimit-remaining', 'retry-after'].flatMap((name) => {
    const value = response.header(name);
    return value === undefined ? [] : [`${name} ${foreignText(value.slice(0, 40))}`];
  });
  return told.length === 0 ? '' : `; ${told.join(', ')}`;
}

function authHint(registry: string, repository: string, access: Access, known: boolean): string {
  const scope = `repository:${repository}:${access === 'push' ? 'pull,push' : 'pull'}`;
  if (!known)
    return access === 'push'
      ? `give credentials for ${registry}: inputs username and password, registry-auth, or a login before the build; needed: ${scope}`
      : `the image may be private or not exist; give credentials for ${registry} that allow ${scope}`;
  if (registry === 'ghcr.io' && access === 'push')
    return `give the job "permissions: packages: write", and the repository write access to the package; needed: ${scope}`;
  return `check the name of the repository and that this user or token is allowed ${scope}`;
}
