import { backoffMs } from '../http/index.ts';
import { BuildError } from '../errors/index.ts';
import { type Descriptor, type Digest } from '../oci/index.ts';
import { type Reporter } from '../report/index.ts';
import { registryFailure, type Attempt } from './failure.ts';
import { getManifest, headManifest, putManifest } from './manifests.ts';

/** Refusals that may mean that a tag cannot be changed; registries do not agree on one. */
const REFUSALS: ReadonlySet<number> = new Set([400, 403, 405, 409, 412, 422]);
/** ECR's and others' words; their codes are as different (kaniko matches one wording, which ECR changed). */
const IMMUTABLE = /immutable|TAG_INVALID|overw?rit|already exists/i;

export interface PublishOptions {
  readonly reporter: Reporter;
  /** A tag that may not be changed is left as it is, with a warning. */
  readonly ignoreImmutableTags: boolean;
}

interface Publication {
  readonly attempt: Attempt;
  readonly descriptor: Descriptor;
  readonly bytes: Uint8Array;
  readonly tag: string | undefined;
  readonly scopes: readonly string[];
  readonly signal: AbortSignal | undefined;
}

/**
 * Stores a manifest under a tag, or under its digest alone, and reads it back: by digest its bytes, by tag what the tag
 * names. A tag that names the manifest already is a success, whatever the registry says to storing it again. Throws
 * REGISTRY where a tag names something else afterwards, CONTENT where other bytes were stored.
 */
export async function publishManifest(publication: Publication, options: PublishOptions): Promise<void> {
  const { attempt, tag } = publication;
  const refusal = await store(publication);
  if (refusal === undefined) return confirm(publication);
  if (tag === undefined || !REFUSALS.has(refusal.status)) throw refusal.error;
  if ((await digestUnder(publication).catch(() => undefined)) === publication.descriptor.digest) return;
  if (!IMMUTABLE.test(refusal.error.message)) throw refusal.error;
  const name = `${attempt.connection.registry}/${attempt.repository}:${tag}`;
  if (options.ignoreImmutableTags)
    return options.reporter.warn(`${name} was left as it is: it may not be changed`);
  throw new BuildError('REGISTRY', `${name} names another image and may not be changed`, {
    hint: 'choose a new tag, or pass push-ignore-immutable-tag-errors to leave such tags as they are',
    cause: refusal.error,
  });
}

async function store({
  attempt,
  descriptor,
  bytes,
  tag,
  scopes,
  signal,
}: Publication): Promise<{ readonly status: number; readonly error: BuildError } | undefined> {
  const target = tag ?? descriptor.digest;
  const response = await putManifest(attempt, descriptor, bytes, target, scopes, signal);
  if (response === undefined) return undefined;
  return { status: response.status, error: await registryFailure(response, attempt) };
}

/** Registries may take a moment until they know what they were given, and one that lost a tag gets it once more. */
async function confirm(publication: Publication): Promise<void> {
  const { attempt, descriptor, tag, signal } = publication;
  const { waiting, policies } = attempt.connection;
  let found: Digest | undefined;
  for (let tries = 1; tries <= policies.requests.attempts; tries += 1) {
    found = await digestUnder(publication);
    if (found === descriptor.digest) return;
    if (found !== undefined) await store(publication);
    await waiting.sleep(backoffMs(tries, policies.requests, waiting.random()), signal);
  }
  const name = `${attempt.connection.registry}/${attempt.repository}`;
  const what = tag === undefined ? `${name}@${descriptor.digest}` : `${name}:${tag}`;
  const instead = found === undefined ? 'is not there' : `names ${found}`;
  throw new BuildError('REGISTRY', `${what} was stored, but ${instead} when it is read back`, {
    hint: 'another push of the same tag at the same time does that; so does a registry that loses writes',
  });
}

/** What the registry has under the name now; undefined for nothing. By digest the content itself is compared. */
async function digestUnder(publication: Publication): Promise<Digest | undefined> {
  const { attempt, descriptor, tag, scopes, signal } = publication;
  if (tag !== undefined) {
    const stated = await headManifest(attempt, tag, scopes, signal);
    if (stated !== 'unstated') return stated;
  }
  try {
    return (await getManifest(attempt, tag ?? descriptor.digest, scopes, signal)).descriptor.digest;
  } catch (error) {
    if (error instanceof BuildError && error.code === 'REGISTRY_NOT_FOUND') return undefined;
    throw error;
  }
}
