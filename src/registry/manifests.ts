import { z } from 'zod';
import { BuildError } from '../errors/index.ts';
import { type HttpResponse } from '../http/index.ts';
import { digestOf, isDigest, mediaTypes, type Descriptor, type Digest } from '../oci/index.ts';
import { checkStatedDigest } from './stated-digest.ts';
import { registryFailure, type Attempt } from './failure.ts';

/** distribution-spec asks registries to take at least this much; larger ones are refused. */
const MAX_MANIFEST_BYTES = 4 * 1024 * 1024;
const ACCEPT = [
  mediaTypes.OCI_INDEX,
  mediaTypes.DOCKER_INDEX,
  mediaTypes.OCI_MANIFEST,
  mediaTypes.DOCKER_MANIFEST,
].join(', ');
/** Content types that say nothing; the document's own mediaType counts then. */
const VAGUE = new Set(['', 'application/json', 'application/octet-stream', 'text/plain']);

export interface FetchedManifest {
  readonly descriptor: Descriptor;
  readonly bytes: Buffer;
}

/**
 * Reads a manifest or index by tag or digest. Its bytes match the digest asked for and the one the registry states.
 * Throws CONTENT where they do not, REGISTRY where it is too large or its types contradict each other.
 */
export async function getManifest(
  attempt: Attempt,
  tagOrDigest: string,
  scopes: readonly string[],
  signal?: AbortSignal,
): Promise<FetchedManifest> {
  const target = manifestPath(attempt.repository, tagOrDigest);
  const headers = { accept: ACCEPT };
  const buffer = MAX_MANIFEST_BYTES;
  const response = await attempt.connection.send({ method: 'GET', target, headers, buffer, scopes, signal });
  if (response.status !== 200) throw await registryFailure(response, attempt);
  const bytes = await readBody(response, attempt);
  const digest = digestOf(bytes);
  if (isDigest(tagOrDigest) && tagOrDigest !== digest) throw wrongDigest(attempt, tagOrDigest, digest);
  checkStatedDigest(response, digest, attempt);
  const mediaType = mediaTypeOf(response, bytes, attempt);
  return { descriptor: { mediaType, digest, size: bytes.length }, bytes };
}

/** The digest a tag names, by the registry's own word; undefined for no such tag, `unstated` where it does not tell. */
export async function headManifest(
  attempt: Attempt,
  tag: string,
  scopes: readonly string[],
  signal?: AbortSignal,
): Promise<Digest | 'unstated' | undefined> {
  const target = manifestPath(attempt.repository, tag);
  const headers = { accept: ACCEPT };
  const response = await attempt.connection.send({ method: 'HEAD', target, headers, scopes, signal });
  await response.discard();
  if (response.status === 404) return undefined;
  const stated = response.header('docker-content-digest')?.trim() ?? '';
  return response.status === 200 && isDigest(stated) ? stated : 'unstated';
}

/**
 * Writes a manifest under a tag or its digest; returns the answer where the registry refused. Throws CONTENT where it
 * stored something else.
 */
export async function putManifest(
  attempt: Attempt,
  descriptor: Descriptor,
  bytes: Uint8Array,
  tagOrDigest: string,
  scopes: readonly string[],
  signal?: AbortSignal,
): Promise<HttpResponse | undefined> {
  const response = await attempt.connection.send({
    method: 'PUT',
    target: manifestPath(attempt.repository, tagOrDigest),
    headers: { 'content-type': descriptor.mediaType },
    body: bytes,
    scopes,
    signal,
  });
  if (response.status !== 201 && response.status !== 200) return response;
  await response.discard();
  checkStatedDigest(response, descriptor.digest, attempt);
  return undefined;
}

/** Removes a manifest with all its tags; tells whether the registry said that it did. */
export async function deleteManifest(
  attempt: Attempt,
  digest: Digest,
  scopes: readonly string[],
  signal?: AbortSignal,
): Promise<boolean> {
  const target = manifestPath(attempt.repository, digest);
  const response = await attempt.connection.send({ method: 'DELETE', target, scopes, signal });
  await response.discard();
  return response.status === 202 || response.status === 200 || response.status === 204;
}

function manifestPath(repository: string, tagOrDigest: string): string {
  return `/v2/${repository}/manifests/${tagOrDigest}`;
}

async function readBody(response: HttpResponse, attempt: Attempt): Promise<Buffer> {
  const stated = Number(response.header('content-length') ?? 0);
  if (stated > MAX_MANIFEST_BYTES) {
    await response.discard();
    throw tooLarge(attempt);
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body) {
    size += chunk.length;
    if (size > MAX_MANIFEST_BYTES) throw tooLarge(attempt);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function tooLarge({ connection, repository, what }: Attempt): BuildError {
  const limit = MAX_MANIFEST_BYTES / 1024 / 1024;
  return new BuildError(
    'REGISTRY',
    `${what} of ${connection.registry}/${repository} has more than ${limit} MiB`,
  );
}

const Typed = z.looseObject({ mediaType: z.string().optional() });

/** The declared type, without parameters. A document that says otherwise of itself is refused (CVE-2021-41190). */
function mediaTypeOf(response: HttpResponse, bytes: Buffer, attempt: Attempt): string {
  const header = (response.header('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  const own = ownMediaType(bytes, attempt);
  if (VAGUE.has(header)) {
    if (own !== undefined) return own;
    throw refusedType(attempt, 'has no media type');
  }
  if (own !== undefined && own !== header)
    throw refusedType(
      attempt,
      `is sent as ${JSON.stringify(header)} but calls itself ${JSON.stringify(own)}`,
    );
  return header;
}

function ownMediaType(bytes: Buffer, attempt: Attempt): string | undefined {
  let data: unknown;
  try {
    data = JSON.parse(bytes.toString('utf8'));
  } catch {
    throw refusedType(attempt, 'is no JSON');
  }
  const typed = Typed.safeParse(data);
  if (!typed.success) throw refusedType(attempt, 'is no manifest');
  return typed.data.mediaType === '' ? undefined : typed.data.mediaType;
}

function refusedType({ connection, repository, what }: Attempt, why: string): BuildError {
  return new BuildError('REGISTRY', `${what} of ${connection.registry}/${repository} ${why}`);
}

function wrongDigest({ connection, repository }: Attempt, wanted: Digest, found: Digest): BuildError {
  return new BuildError(
    'CONTENT',
    `${connection.registry}/${repository} sent ${found} in place of ${wanted}`,
  );
}
