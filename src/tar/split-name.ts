import { FIELDS } from './format.ts';

/** A long name split at a slash into ustar's two fields, or undefined where it does not fit; Go's choice of the slash. */
export function splitName(name: string): { readonly prefix: string; readonly name: string } | undefined {
  if (name.length <= FIELDS.name.length || !/^[\x01-\x7f]*$/.test(name)) return undefined;
  const at = name.lastIndexOf('/', lastUsableIndex(name));
  const suffixLength = name.length - at - 1;
  if (at <= 0 || suffixLength > FIELDS.name.length || suffixLength === 0) return undefined;
  return { prefix: name.slice(0, at), name: name.slice(at + 1) };
}

/** A trailing slash is no place to split, and the prefix must fit its field. */
function lastUsableIndex(name: string): number {
  if (name.length > FIELDS.prefix.length + 1) return FIELDS.prefix.length;
  return name.endsWith('/') ? name.length - 2 : name.length - 1;
}
