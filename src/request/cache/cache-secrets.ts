/** Attributes whose values are secrets: buildx's `token`, `secret_access_key`, `session_token` and their like. */
const NAME = '[a-z0-9_.-]*(?:token|secret|password|access_key|account_key|credential)[a-z0-9_.-]*';
const SECRET = new RegExp(`((?:^|[,"\\s])${NAME}\\s*=)([^,"\\r\\n]*)`, 'gi');
const SECRET_NAME = new RegExp(`(?<=(?:^|[,"\\s])${NAME}\\s*=)`, 'i');
/** A quoted field: its value may have commas in it, and doubled quotes. */
const QUOTED = new RegExp(`"(${NAME}\\s*=)((?:[^"]|"")*)("|$)`, 'gi');

/** The secrets in a value of `cache-from` or `cache-to`, well-formed or not: all that could be meant by one. */
export function cacheSecrets(text: string): readonly string[] {
  const quoted = [...text.matchAll(QUOTED)].map(([, , value = '']) => value.replaceAll('""', '"'));
  const plain = [...text.matchAll(SECRET)].map(([, , value = '']) => value.trim());
  return [...new Set([...quoted, ...plain])].filter((value) => value !== '');
}

/** The value as it may be shown: up to its first secret, as where that ends is not certain in a value nobody can read. */
export function shownCache(text: string): string {
  const at = text.search(SECRET_NAME);
  return at < 0 ? text : `${text.slice(0, at)}***`;
}
