import { BuildError } from '../../errors/index.ts';
import { type FoundCredential } from '../credentials/credential.ts';
import { parseChallenges } from './challenge.ts';
import { fetchToken, type TokenQuestion, type TokenTools } from './fetch-token.ts';
import { basicProof, bearerProof, type Proof } from './proof.ts';
import { tokenServer } from './realm.ts';
import { allows, readScope } from './scope.ts';
import { createTokenCache } from './token-cache.ts';
import { type Token } from './token-response.ts';

/** Proves to one registry who we are. Knows nothing until the registry's first refusal tells how. */
export interface Authorizer {
  /** The proof for these scopes; undefined where none is known to be needed, or there is none. */
  proof(scopes: readonly string[], signal?: AbortSignal): Promise<Proof | undefined>;
  /**
   * Learns from the WWW-Authenticate of a 401 to a request that was sent with `sent`. True where the registry said what it
   * had not said before.
   */
  learn(challenge: string, scopes: readonly string[], sent: Proof | undefined): boolean;
}

type Method =
  | { readonly kind: 'none' }
  | { readonly kind: 'basic' }
  | { readonly kind: 'bearer'; readonly server: URL; readonly service: string | undefined };

export interface AuthorizerOptions extends TokenTools {
  readonly registryBase: string;
  readonly verifyTls: boolean;
  /** Asked each time a proof is made: credentials of clouds run out. */
  readonly credential: (signal?: AbortSignal) => Promise<FoundCredential | undefined>;
}

/** An authorizer for one registry and one credential. Tokens are kept per set of scopes; parallel requests share one. */
export function createAuthorizer(options: AuthorizerOptions): Authorizer {
  const { registryBase, verifyTls, waiting } = options;
  const { origin } = new URL(registryBase);
  const tokens = createTokenCache(waiting);
  /** Scopes the registry asked for besides ours, by ours. */
  const demanded = new Map<string, string>();
  /** Identity tokens that were replaced, by those we were given. */
  const replaced = new Map<string, string>();
  let method: Method = { kind: 'none' };

  const ask = async (
    question: TokenQuestion,
    found: FoundCredential | undefined,
    signal?: AbortSignal,
  ): Promise<Token> => {
    if (found?.credential.kind !== 'identity') return fetchToken(question, found, options, signal);
    const given = found.credential.token;
    const current = { ...found, credential: { ...found.credential, token: replaced.get(given) ?? given } };
    const token = await fetchToken(question, current, options, signal);
    if (token.refreshToken !== undefined) replaced.set(given, token.refreshToken);
    return token;
  };

  const askOrAnonymous = async (
    question: TokenQuestion,
    found: FoundCredential | undefined,
    signal?: AbortSignal,
  ): Promise<Token> => {
    try {
      return await ask(question, found, signal);
    } catch (error) {
      const refused = error instanceof BuildError && error.code === 'REGISTRY_AUTH';
      if (found?.implied !== true || !refused) throw error;
      return ask(question, undefined, signal).catch(() => Promise.reject(error));
    }
  };

  return {
    async proof(scopes, signal) {
      if (method.kind === 'none') return undefined;
      const found = await options.credential(signal);
      const credential = found?.credential;
      if (credential?.kind === 'bearer') return bearerProof(credential.token, origin);
      if (method.kind === 'basic')
        return credential?.kind === 'basic' ? basicProof(credential, origin) : undefined;
      const { server, service } = method;
      const extra = demanded.get(scopes.join(' '));
      const wanted = extra === undefined ? scopes : [...scopes, extra];
      const question = { server, service, scopes: wanted, registryBase, verifyTls };
      const token = await tokens.get(scopes, () => askOrAnonymous(question, found, signal));
      return bearerProof(token.value, origin);
    },
    learn(challenge, scopes, sent) {
      const offers = parseChallenges(challenge);
      const bearer = offers.find(({ scheme }) => scheme === 'bearer')?.parameters;
      const known = method.kind;
      if (bearer === undefined) {
        if (offers.some(({ scheme }) => scheme === 'basic')) method = { kind: 'basic' };
        return method.kind !== known;
      }
      const server = tokenServer(bearer.get('realm'), registryBase);
      method = { kind: 'bearer', server, service: bearer.get('service') };
      if (sent !== undefined) tokens.drop(scopes, sent.authorization);
      // Some proxies name a repository otherwise than in its address, and insufficient_scope names what is missing.
      const scope = readScope(bearer.get('scope'));
      const key = scopes.join(' ');
      const extra = demanded.get(key);
      if (scope === undefined || allows([...scopes, extra ?? ''], scope)) return known !== 'bearer';
      demanded.set(key, scope);
      return true;
    },
  };
}
