/** Where images come from that name no registry. */
export const DEFAULT_REGISTRY = 'docker.io';
/** Docker Hub's old name; still read, never written. */
const LEGACY_REGISTRY = 'index.docker.io';
/** Namespace of Docker Hub's official images. */
export const OFFICIAL_PREFIX = 'library/';

/**
 * Splits a name at the registry, Docker's way: the first part is a registry if it is `localhost`, has a dot or a
 * colon, or has capitals; else the whole is a path on Docker Hub, below `library/` where it is one part only.
 */
export function splitRegistry(name: string): { readonly registry: string; readonly rest: string } {
  const slash = name.indexOf('/');
  if (slash === -1) return { registry: DEFAULT_REGISTRY, rest: OFFICIAL_PREFIX + name };
  const first = name.slice(0, slash);
  if (!looksLikeRegistry(first)) return { registry: DEFAULT_REGISTRY, rest: name };
  const registry = first === LEGACY_REGISTRY ? DEFAULT_REGISTRY : first;
  const rest = name.slice(slash + 1);
  const official = registry === DEFAULT_REGISTRY && !rest.includes('/');
  return { registry, rest: official ? OFFICIAL_PREFIX + rest : rest };
}

function looksLikeRegistry(part: string): boolean {
  return part === 'localhost' || /[.:]/.test(part) || part.toLowerCase() !== part;
}
