/** What proves who we are to one registry. */
export type Credential =
  | { readonly kind: 'basic'; readonly username: string; readonly password: string }
  /** An OAuth2 refresh token, good only at the registry's token server. */
  | { readonly kind: 'identity'; readonly token: string }
  /** A registry token, sent as it is. */
  | { readonly kind: 'bearer'; readonly token: string };

export interface FoundCredential {
  readonly credential: Credential;
  /** Where it was found, for messages: a path, a helper's name. */
  readonly origin: string;
  /** Nobody named this registry for it: where it is refused, access goes on without any. */
  readonly implied?: boolean | undefined;
  /** Milliseconds since the epoch after which another is asked for; without end where absent. */
  readonly expiresAt?: number | undefined;
}

/** The user in words that may be printed. */
export function userOf(found: FoundCredential | undefined): string {
  if (found === undefined) return 'nobody (no credentials)';
  const { credential, origin } = found;
  return credential.kind === 'basic'
    ? `user ${JSON.stringify(credential.username)} (${origin})`
    : `a token (${origin})`;
}

/** Every form of a credential that must not be printed. */
export function secretsOf(credential: Credential): string[] {
  if (credential.kind !== 'basic') return [credential.token];
  const { username, password } = credential;
  return [password, Buffer.from(`${username}:${password}`).toString('base64')];
}
