import { BuildError } from '../../errors/index.ts';
import {
  buffered,
  withRetries,
  type HttpClient,
  type HttpRequest,
  type HttpResponse,
  type Waiting,
} from '../../http/index.ts';
import { userOf, type FoundCredential } from '../credentials/credential.ts';
import { foreignText } from '../foreign-text.ts';
import { basicProof, secretForm, withProof } from './proof.ts';
import { type SecretWords } from './secret-words.ts';
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

export interface TokenTools {
  readonly http: HttpClient;
  readonly waiting: Waiting;
  readonly secrets: SecretWords;
}

/**
 * Gets a token: by GET with user and password (or anonymously), by OAuth2's POST with an identity token. Throws
 * REGISTRY_AUTH where the server refuses, REGISTRY where it answers nonsense, NETWORK.
 */
export async function fetchToken(
  question: TokenQuestion,
  found: FoundCredential | undefined,
  { http, waiting, secrets }: TokenTools,
  signal?: AbortSignal,
): Promise<Token> {
  const { verifyTls, registryBase: cameFrom, server } = question;
  const request = { ...tokenRequest(question, found), signal, verifyTls, cameFrom };
  const response = await withRetries(async () => buffered(await http.request(request), MAX_TOKEN_BYTES), {
    waiting,
    signal,
  });
  const body = await response.text(MAX_TOKEN_BYTES);
  if (response.status !== 200) throw refusal(response, foreignText(secrets.hide(body)), question, found);
  const serverNow = Date.parse(response.header('date') ?? '');
  const token = parseToken(body, { now: waiting.now(), serverNow });
  if (token === undefined)
    throw new BuildError('REGISTRY', `token server ${server.host} answered without a usable token`);
  secrets.add(token.value);
  if (token.refreshToken !== undefined) secrets.add(token.refreshToken);
  return token;
}

function tokenRequest(question: TokenQuestion, found: FoundCredential | undefined): HttpRequest {
  const { server, service, scopes } = question;
  const credential = found?.credential;
  if (credential?.kind === 'identity') {
    return secretForm(server.href, {
      grant_type: 'refresh_token',
      refresh_token: credential.token,
      client_id: CLIENT_ID,
      scope: scopes.join(' '),
      ...(service === undefined ? {} : { service }),
    });
  }
  const url = new URL(server);
  if (service !== undefined) url.searchParams.set('service', service);
  for (const scope of scopes) url.searchParams.append('scope', scope);
  if (credential?.kind !== 'basic') return { method: 'GET', url: url.href };
  url.searchParams.set('account', credential.username);
  return withProof({ method: 'GET', url: url.href }, basicProof(credential, server.origin));
}

function refusal(
  { status }: HttpResponse,
  said: string,
  question: TokenQuestion,
  found: FoundCredential | undefined,
): BuildError {
  const refused = status === 400 || status === 401 || status === 403;
  const message = `token server ${question.server.host} answered ${status} to ${userOf(found)} for ${question.scopes.join(' ')}`;
  return new BuildError(
    refused ? 'REGISTRY_AUTH' : 'REGISTRY',
    said === '' ? message : `${message}: ${said}`,
    { hint: refused ? refusedHint(found) : undefined },
  );
}

function refusedHint(found: FoundCredential | undefined): string {
  return found === undefined
    ? 'give credentials for this registry: inputs username and password, registry-auth, or a login before the build'
    : 'check user name and password (or token), and that they are meant for this registry';
}
