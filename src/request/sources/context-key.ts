import { familiarName, parseReference } from '../../reference/index.ts';

/**
 * What names are compared by when one may be a named context: `docker.io/library/alpine:latest` is `alpine`, the names of
 * stages are what they are in lower case. Undefined for what can be no name of a context.
 */
export function contextKey(name: string): string | undefined {
  try {
    return familiarName(parseReference(name)).replace(/:latest$/, '');
  } catch {
    return undefined;
  }
}
