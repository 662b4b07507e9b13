/** Characters that Go's encoding/json escapes inside strings and JSON.stringify does not. */
const GO_ESCAPES = /[<>&\u2028\u2029]/g;

/**
 * JSON byte for byte as Go's json.Marshal writes it: a Map in its own order (a struct), a plain object with its keys
 * sorted bytewise (a map), no spaces, HTML characters escaped. Fields that are undefined or null are left out.
 */
export function goJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(goJson).join(',')}]`;
  if (value instanceof Map) return object([...(value as Map<string, unknown>)]);
  if (typeof value === 'object' && value !== null) return object(sortedEntries(value));
  return JSON.stringify(value).replace(GO_ESCAPES, escape);
}

/** The entries of an object, keys in bytewise order of their UTF-8. */
export function sortedEntries(value: object): [string, unknown][] {
  return Object.entries(value).sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

function object(entries: readonly (readonly [string, unknown])[]): string {
  const present = entries.filter(([, value]) => value !== undefined && value !== null);
  return `{${present.map(([key, value]) => `${goJson(key)}:${goJson(value)}`).join(',')}}`;
}

function escape(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
