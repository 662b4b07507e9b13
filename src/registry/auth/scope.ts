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
