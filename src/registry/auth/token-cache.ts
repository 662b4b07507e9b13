import { type Waiting } from '../../http/index.ts';
import { type Token } from './token-response.ts';

/** Tokens by the set of scopes they were asked for. */
export interface TokenCache {
  /** A token that has not run out: a kept one, or one fetched now, once for all who wait for it. */
  get(scopes: readonly string[], fetch: () => Promise<Token>): Promise<Token>;
  /** Forgets the token that was sent in this header, and no newer one. */
  drop(scopes: readonly string[], authorization: string): void;
}

/** An empty cache. */
export function createTokenCache(waiting: Pick<Waiting, 'now'>): TokenCache {
  const pending = new Map<string, Promise<Token>>();
  const values = new Map<string, string>();
  return {
    async get(scopes, fetch) {
      const key = scopes.join(' ');
      for (let known = pending.get(key); known !== undefined; known = pending.get(key)) {
        const token = await known;
        if (token.expiresAt > waiting.now()) return token;
        // Whoever comes here first asks anew; the others wait for his answer.
        if (pending.get(key) === known) pending.delete(key);
      }
      const fresh = fetch();
      pending.set(key, fresh);
      fresh.then(
        ({ value }) => values.set(key, value),
        () => pending.delete(key),
      );
      return fresh;
    },
    drop(scopes, authorization) {
      const key = scopes.join(' ');
      if (authorization === `Bearer ${values.get(key) ?? ''}`) pending.delete(key);
    },
  };
}
