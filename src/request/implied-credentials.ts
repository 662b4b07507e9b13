import { type GivenCredential } from './build-request.ts';
import { type Environment } from './front-ports.ts';

const GITHUB = 'https://github.com';
const GITHUB_REGISTRY = 'ghcr.io';

/**
 * The token of a job on github.com as a credential for ghcr.io, used where there is no other. None on other servers:
 * ghcr.io is not theirs. `origin` names the token in messages.
 */
export function githubCredential(token: string, env: Environment, origin: string): GivenCredential[] {
  const server = (env['GITHUB_SERVER_URL'] || GITHUB).replace(/\/+$/, '');
  if (token === '' || server !== GITHUB) return [];
  const username = env['GITHUB_ACTOR'] || 'x-access-token';
  return [{ registry: GITHUB_REGISTRY, username, password: token, implied: true, origin }];
}

/** What GitHub's runner gave a command without being asked: GITHUB_TOKEN, where a step was handed it. */
export function impliedCredentials(env: Environment): GivenCredential[] {
  if (env['GITHUB_ACTIONS'] !== 'true') return [];
  return githubCredential((env['GITHUB_TOKEN'] ?? '').trim(), env, 'GITHUB_TOKEN');
}
