import { z } from 'zod';

/** A part of the repository's cache that a token opens: a ref such as `refs/heads/main`. */
export interface TokenScope {
  readonly scope: string;
  readonly writes: boolean;
}

const WRITE = 2;
const Claims = z.object({ ac: z.string() });
const Scopes = z.array(z.object({ Scope: z.string(), Permission: z.number().int() }));

/**
 * The scopes in the `ac` claim of a runtime token: its own ref first, then those it may only read. Empty for tokens that
 * are no JWT, as servers other than GitHub's give out. The signature is the service's business.
 */
export function tokenScopes(token: string): TokenScope[] {
  try {
    const payload = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8');
    const { ac } = Claims.parse(JSON.parse(payload));
    return Scopes.parse(JSON.parse(ac)).map(({ Scope, Permission }) => ({
      scope: Scope,
      writes: (Permission & WRITE) !== 0,
    }));
  } catch {
    return [];
  }
}
