import { type HttpClient, type Waiting } from '../../http/index.ts';
import { type FoundCredential } from '../credentials/credential.ts';
import { basicHeader } from './basic.ts';
import { parseChallenges } from './challenge.ts';
import { fetchToken } from './fetch-token.ts';
import { tokenServer } from './realm.ts';
import { type Token } from './token-response.ts';

/** Proves to one registry who we are. Knows nothing until the registry's first refusal tells how. */
export interface Authorizer {
  /** The Authorization header for these scopes; undefined where none is known to be needed. */
  header(scopes: readonly string[], signal?: AbortSignal): Promise<string | undefined>;
  /** Learns from the WWW-Authenticate of a 401 to a request that was sent with `sent`. */
  learn(challenge: string, scopes: readonly string[], sent: string | undefined): void;
}

type Method =
  | { readonly kind: 'none' }
  | { readonly kind: 'basic' }
  | { readonly kind: 'bearer'; readonly server: URL; readonly service: string | undefined };

export interface AuthorizerOptions {
  readonly registryBase: string;
  readonly verifyTls: boolean;
  readonly credential: FoundCredential | undefined;
  readonly http: HttpClient;
  readonly waiting: Waiting;
}

/** An authorizer for one registry and one credential. Tokens are kept per set of scopes; parallel requests share one. */
export function createAuthorizer(options: AuthorizerOptions): Authorizer {
  const { credential, registryBase, verifyTls, http, waiting } = options;
  const tokens = new Map<string, Promise<Token>>();
  const demanded = new Map<string, string>();
  let method: Method = { kind: 'none' };

  const token = async (
    scopes: readonly string[],
    server: URL,
    service: string | undefined,
    signal?: AbortSignal,
  ) => {
    const key = scopes.join(' ');
    for (let pending = tokens.get(key); pending !== undefined; pending = tokens.get(key)) {
      const known = await pending;
      if (known.expiresAt > waiting.now()) return known;
      // Whoever comes here first asks anew; the others wait for his answer.
      if (tokens.get(key) === pending) tokens.delete(key);
    }
    const extra = demanded.get(key);
    const question = {
      server,
      service,
      scopes: extra === undefined ? scopes : [...scopes, extra],
      registryBase,
      verifyTls,
    };
    const fresh = fetchToken(question, credential, http, waiting, signal);
    tokens.set(key, fresh);
    fresh.catch(() => tokens.delete(key));
    return fresh;
  };

  return {
    async header(scopes, signal) {
      if (method.kind === 'none') return undefined;
      if (credential?.credential.kind === 'bearer') return `Bearer ${credential.credential.token}`;
      if (method.kind === 'basic')
        return credential?.credential.kind === 'basic' ? basicHeader(credential.credential) : undefined;
      return `Bearer ${(await token(scopes, method.server, method.service, signal)).value}`;
    },
    learn(challenge, scopes, sent) {
      const offers = parseChallenges(challenge);
      const bearer = offers.find(({ scheme }) => scheme === 'bearer')?.parameters;
      const key = scopes.join(' ');
      if (bearer !== undefined) {
        method = {
          kind: 'bearer',
          server: tokenServer(bearer.get('realm'), registryBase),
          service: bearer.get('service'),
        };
        // Some proxies name a repository otherwise than in its address.
        const scope = bearer.get('scope');
        if (scope !== undefined && scope !== '' && !scopes.includes(scope)) demanded.set(key, scope);
        if (sent !== undefined) tokens.delete(key);
      } else if (offers.some(({ scheme }) => scheme === 'basic')) method = { kind: 'basic' };
    },
  };
}
