import type { Digest } from '../oci/index.ts';

/** An image's name, normalised: `nginx` has become docker.io, library/nginx. */
export interface Reference {
  /** `host[:port]`; `docker.io` for Docker Hub under any of its names. */
  readonly registry: string;
  /** Path within the registry, such as `library/nginx`. */
  readonly repository: string;
  readonly tag?: string | undefined;
  readonly digest?: Digest | undefined;
}

/** `registry/repository`, without tag and digest. */
export function formatRepository(reference: Reference): string {
  return `${reference.registry}/${reference.repository}`;
}

/** The canonical text, such as `docker.io/library/nginx:1.2@sha256:…`; parsing it gives the same reference. */
export function formatReference(reference: Reference): string {
  const tag = reference.tag === undefined ? '' : `:${reference.tag}`;
  const digest = reference.digest === undefined ? '' : `@${reference.digest}`;
  return `${formatRepository(reference)}${tag}${digest}`;
}
