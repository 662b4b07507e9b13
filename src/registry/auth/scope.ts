/** What a token must allow, in the token protocol's words: `repository:library/nginx:pull`. */
export type Scope = `repository:${string}:${string}`;

/** Reading from a repository. */
export function pullScope(repository: string): Scope {
  return `repository:${repository}:pull`;
}

/** Reading from and writing to a repository. */
export function pushScope(repository: string): Scope {
  return `repository:${repository}:pull,push`;
}

/** Removing what is in a repository. */
export function deleteScope(repository: string): Scope {
  return `repository:${repository}:delete`;
}

/** More would not fit into the address of a token server. */
const MAX_SCOPE_CHARS = 4096;
/** scope-token of RFC 6749, 3.3, several separated by spaces. */
const SCOPES = /^[\x21\x23-\x5b\x5d-\x7e]+(?: [\x21\x23-\x5b\x5d-\x7e]+)*$/;

/** The scopes a challenge asks for; undefined where it asks for none or makes no sense. */
export function readScope(text: string | undefined): string | undefined {
  const scope = text?.trim() ?? '';
  return scope.length <= MAX_SCOPE_CHARS && SCOPES.test(scope) ? scope : undefined;
}

/** True where these scopes allow all that the others (separated by spaces) do. */
export function allows(scopes: readonly string[], wanted: string): boolean {
  const granted = scopes.flatMap((scope) => scope.split(' ')).map(splitScope);
  return wanted
    .split(' ')
    .map(splitScope)
    .every(({ resource, actions }) => {
      const same = granted.filter((one) => one.resource === resource).flatMap((one) => one.actions);
      return actions.every((action) => same.includes(action));
    });
}

function splitScope(scope: string): { readonly resource: string; readonly actions: readonly string[] } {
  const colon = scope.lastIndexOf(':');
  return { resource: scope.slice(0, Math.max(colon, 0)), actions: scope.slice(colon + 1).split(',') };
}
