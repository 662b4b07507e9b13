const READ = 1;
const WRITE = 2;

/** Refs a token opens. GitHub lists the token's own first. */
export interface TokenRefs {
  /** May be read and written; left out for tokens that may only read. */
  readonly own?: string;
  /** May be read: the default branch, the base of a pull request. */
  readonly read?: readonly string[];
}

/** A token of the shape of ACTIONS_RUNTIME_TOKEN; the signature is none. */
export function runtimeToken({ own, read = [] }: TokenRefs): string {
  const scopes = [
    ...(own === undefined ? [] : [{ Scope: own, Permission: READ | WRITE }]),
    ...read.map((scope) => ({ Scope: scope, Permission: READ })),
  ];
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ typ: 'JWT', alg: 'RS256' })}.${part({ ac: JSON.stringify(scopes), scp: 'Actions.Results' })}.canary-signature`;
}

export interface Scopes {
  readonly readable: readonly string[];
  readonly writable: string | undefined;
}

/** What a token opens; undefined for what is no token. */
export function scopesOf(authorization: string | undefined): Scopes | undefined {
  const payload = /^Bearer [^.]+\.([^.]+)\.canary-signature$/.exec(authorization ?? '')?.[1];
  if (payload === undefined) return undefined;
  const { ac } = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as { ac: string };
  const scopes = JSON.parse(ac) as { readonly Scope: string; readonly Permission: number }[];
  return {
    readable: scopes.filter(({ Permission }) => (Permission & READ) !== 0).map(({ Scope }) => Scope),
    writable: scopes.find(({ Permission }) => (Permission & WRITE) !== 0)?.Scope,
  };
}
