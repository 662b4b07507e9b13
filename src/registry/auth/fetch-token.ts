import { BuildError } from '../../errors/index.ts';
import {
  withRetries,
  type HttpClient,
  type HttpRequest,
  type HttpResponse,
  type Waiting,
} from '../../http/index.ts';
import { userOf, type FoundCredential } from '../credentials/credential.ts';
import { foreignText } from '../foreign-text.ts';
import { basicHeader } from './basic.ts';
import { parseToken, type Token } from './token-response.ts';

/** Tokens with many claims take some KiB. */
const MAX_TOKEN_BYTES = 1024 * 1024;
const CLIENT_ID = 'ts-kaniko';

export interface TokenQuestion {
  readonly server: URL;
  readonly service: string | undefined;
  readonly scopes: readonly string[];
  /** Base address of the registry that asks for the token. */
  readonly registryBase: string;
  readonly verifyTls: boolean;
}

/**
 * Gets a token: by GET with user and password (or anonymously), by OAuth2's POST with an identity token. Throws
 * REGISTRY_AUTH where the server refuses, REGISTRY where it answers nonsense, NETWORK.
 */
export async function fetchToken(
  question: TokenQuestion,
  found: FoundCredential | undefined,
  http: HttpClient,
  waiting: Waiting,
  signal?: AbortSignal,
): Promise<Token> {
  const request = tokenRequest(question, found);
  const response = await withRetries(
    () =>
      http.request({
        ...request,
        signal,
        verifyTls: question.verifyTls,
        cameFrom: question.registryBase,
      }),
    { waiting, signal },
  );
  const body = await response.text(MAX_TOKEN_BYTES);
  if (response.status !== 200) throw refusal(response, body, question, found);
  const token = parseToken(body, waiting.now());
  if (token === undefined)
    throw new BuildError('REGISTRY', `token server ${question.server.host} answered without a token`);
  return token;
}

function tokenRequest(question: TokenQuestion, found: FoundCredential | undefined): HttpRequest {
  const credential = found?.credential;
  if (credential?.kind === 'identity') return oauthRequest(question, credential.token);
  const url = new URL(question.server);
  if (question.service !== undefined) url.searchParams.set('service', question.service);
  for (const scope of question.scopes) url.searchParams.append('scope', scope);
  if (credential?.kind !== 'basic') return { method: 'GET', url: url.href };
  url.searchParams.set('account', credential.username);
  return { method: 'GET', url: url.href, headers: { authorization: basicHeader(credential) } };
}

/** Never follows a redirect: the body itself is the secret. */
function oauthRequest(question: TokenQuestion, refreshToken: string): HttpRequest {
  const form = new URLSearchParams({
    grant_type: 'refresh_token',
    refresh_token: refreshToken,
    client_id: CLIENT_ID,
    scope: question.scopes.join(' '),
    ...(question.service === undefined ? {} : { service: question.service }),
  });
  return {
    method: 'POST',
    url: question.server.href,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: Buffer.from(form.toString()),
    redirects: 'manual',
  };
}

function refusal(
  response: HttpResponse,
  body: string,
  question: TokenQuestion,
  found: FoundCredential | undefined,
): BuildError {
  const { status } = response;
  const refused = status === 400 || status === 401 || status === 403;
  const said = foreignText(body);
  const message = `token server ${question.server.host} answered ${status} to ${userOf(found)} for ${question.scopes.join(' ')}`;
  return new BuildError(
    refused ? 'REGISTRY_AUTH' : 'REGISTRY',
    said === '' ? message : `${message}: ${said}`,
    {
      hint: refused ? refusedHint(found) : undefined,
    },
  );
}

function refusedHint(found: FoundCredential | undefined): string {
  return found === undefined
    ? 'give credentials for this registry: inputs username and password, registry-auth, or a login before the build'
    : 'check user name and password (or token), and that they are meant for this registry';
}
