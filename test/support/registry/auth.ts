import { randomUUID } from 'node:crypto';
import { type Route } from './route.ts';

/** Who may enter. */
export interface AuthSettings {
  readonly kind: 'basic' | 'bearer';
  readonly username: string;
  readonly password: string;
  /** A refresh token that the token endpoint takes by POST. */
  readonly identityToken?: string;
  /** A token that is good for everything, as it is. */
  readonly registryToken?: string;
  /** What is allowed; all for the user, nothing for others where absent. */
  readonly allow?: (user: string | undefined, repository: string, action: 'pull' | 'push') => boolean;
  /** In place of this registry's own token endpoint. */
  readonly realm?: string;
  /** `expires_in` of tokens, seconds. */
  readonly lifetime?: number;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Checks requests and gives out tokens. */
export class Gate {
  readonly #settings: AuthSettings;
  readonly #tokens = new Map<string, readonly string[]>();

  constructor(settings: AuthSettings) {
    this.#settings = settings;
  }

  /** The refusal of a request, or undefined where it may pass. */
  check(route: Route, authorization: string | undefined, url: URL, origin: string): Answer | undefined {
    if (route.step === 'ping') return this.#greet(authorization, origin);
    const needed = neededScopes(route, url);
    const { kind } = this.#settings;
    if (kind === 'bearer') {
      const token = authorization?.replace(/^Bearer /, '');
      if (token !== undefined && token === this.#settings.registryToken) return undefined;
      const granted = this.#tokens.get(token ?? '');
      if (granted !== undefined && needed.every((scope) => granted.includes(scope))) return undefined;
      const challenge = `Bearer realm="${this.#settings.realm ?? `${origin}/token`}",service="test registry",scope="${needed.join(' ')}"`;
      return refusal(401, 'UNAUTHORIZED', 'authentication required', { 'www-authenticate': challenge });
    }
    const user = this.#userOf(authorization);
    if (needed.every((scope) => this.#allows(user, scope))) return undefined;
    if (user !== undefined) return refusal(403, 'DENIED', 'requested access to the resource is denied', {});
    return refusal(401, 'UNAUTHORIZED', 'authentication required', {
      'www-authenticate': 'Basic realm="test"',
    });
  }

  /** A ping tells strangers how to log in. */
  #greet(authorization: string | undefined, origin: string): Answer | undefined {
    const known =
      this.#userOf(authorization) !== undefined ||
      this.#tokens.has(authorization?.replace(/^Bearer /, '') ?? '');
    if (known) return undefined;
    const { kind, realm = `${origin}/token` } = this.#settings;
    const challenge =
      kind === 'basic' ? 'Basic realm="test"' : `Bearer realm="${realm}",service="test registry"`;
    return refusal(401, 'UNAUTHORIZED', 'authentication required', { 'www-authenticate': challenge });
  }

  /** The token endpoint's answer. `form` is the body of a POST. */
  token(authorization: string | undefined, url: URL, form: URLSearchParams | undefined): Answer {
    const user =
      form === undefined ? this.#userOf(authorization) : this.#userOfToken(form.get('refresh_token'));
    if (user === undefined && (authorization !== undefined || form !== undefined))
      return refusal(401, 'UNAUTHORIZED', 'incorrect username or password', {});
    const asked = (form?.getAll('scope') ?? url.searchParams.getAll('scope')).flatMap((text) =>
      text.split(' '),
    );
    const granted = asked.flatMap(splitActions).filter((scope) => this.#allows(user, scope));
    const token = `canary-token-${randomUUID()}`;
    this.#tokens.set(token, granted);
    const body = { token, access_token: token, expires_in: this.#settings.lifetime ?? 300 };
    return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  }

  /** Makes all tokens given out so far worthless. */
  revokeTokens(): void {
    this.#tokens.clear();
  }

  #userOf(authorization: string | undefined): string | undefined {
    const { username, password } = this.#settings;
    const expected = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
    return authorization === expected ? username : undefined;
  }

  #userOfToken(token: string | null): string | undefined {
    const { identityToken, username } = this.#settings;
    return identityToken !== undefined && token === identityToken ? username : undefined;
  }

  #allows(user: string | undefined, scope: string): boolean {
    const [, repository = '', action = ''] = /^repository:(.+):([a-z]+)$/.exec(scope) ?? [];
    const allow = this.#settings.allow ?? ((name: string | undefined) => name !== undefined);
    return allow(user, repository, action === 'push' ? 'push' : 'pull');
  }
}

function neededScopes({ step, repository }: Route, url: URL): string[] {
  if (repository === '') return [];
  const pull = `repository:${repository}:pull`;
  const writes = step.startsWith('upload-') || step.endsWith('-put') || step.endsWith('-delete');
  const from = step === 'upload-mount' ? [`repository:${url.searchParams.get('from') ?? ''}:pull`] : [];
  return writes ? [pull, `repository:${repository}:push`, ...from] : [pull];
}

function splitActions(scope: string): string[] {
  const colon = scope.lastIndexOf(':');
  return scope
    .slice(colon + 1)
    .split(',')
    .map((action) => `${scope.slice(0, colon)}:${action}`);
}

export function refusal(
  status: number,
  code: string,
  message: string,
  headers: Readonly<Record<string, string>>,
): Answer {
  const body = JSON.stringify({ errors: [{ code, message }] });
  return { status, headers: { 'content-type': 'application/json', ...headers }, body };
}
