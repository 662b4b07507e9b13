import type { BlobSource } from '../content/index.ts';
import { BuildError, toBuildError } from '../errors/index.ts';
import { pushSet, rootOf, type ImageSet, type RepositoryName } from '../image/index.ts';
import type { Digest } from '../oci/index.ts';
import { formatRepository, parseReference, withDefaultTag, type Reference } from '../reference/index.ts';
import type { RegistryClient, Repository } from '../registry/index.ts';
import { earlierImage, knowing } from './earlier-image.ts';
import type { Reporter } from '../report/index.ts';
import type { BuildResult } from '../request/index.ts';

export interface PushTools {
  readonly registry: RegistryClient;
  readonly blobs: BlobSource;
  /** The image was built before: destinations may have it, or most of its layers, and are asked before anything else. */
  readonly wasBuilt?: boolean | undefined;
  /** The repositories a layer may be mounted from. */
  originsOf(digest: Digest): readonly RepositoryName[];
  readonly reporter: Reporter;
  readonly signal: AbortSignal;
}

/** Asks every destination's registry for the permission to push. Throws REGISTRY_AUTH where one refuses. */
export async function checkDestinations(tags: readonly string[], tools: PushTools): Promise<void> {
  await Promise.all(
    byRepository(tags).map(({ reference }) =>
      tools.registry.repository(reference, 'push').checkPush(tools.signal),
    ),
  );
}

/** Where an image is pushed to. */
export interface Destinations {
  /** References; those without a tag mean `latest`. */
  readonly names: readonly string[];
  /** No tag is set. */
  readonly byDigest: boolean;
}

/**
 * Pushes the image to all destinations, one repository after the other, and tells of each what became of it. A failure
 * does not keep the others from it; it is thrown at the end, naming what failed and what is there.
 */
export async function pushDestinations(
  set: ImageSet,
  { names, byDigest }: Destinations,
  tools: PushTools,
): Promise<BuildResult['destinations']> {
  const failures = new Map<string, BuildError>();
  for (const group of byRepository(names)) {
    const wanted = byDigest ? { ...group, tagNames: [] } : group;
    await pushGroup(set, wanted, tools, failures);
  }
  const { digest } = rootOf(set).descriptor;
  if (failures.size > 0) throw failureOf(failures, names.length);
  return names.map((reference) => ({ reference, digest }));
}

interface Group {
  readonly reference: Reference;
  readonly tagNames: string[];
}

async function pushGroup(
  set: ImageSet,
  { reference, tagNames }: Group,
  tools: PushTools,
  failures: Map<string, BuildError>,
): Promise<void> {
  const { blobs, reporter, signal } = tools;
  const place = formatRepository(reference);
  const { digest } = rootOf(set).descriptor;
  const told = new Set<string>();
  const tell = (tag: string, failure: unknown): void => {
    const name = `${place}:${tag}`;
    told.add(tag);
    if (failure === undefined) return reporter.info(`pushed ${name} (${digest})`);
    failures.set(name, toBuildError(failure));
  };
  try {
    const repository = tools.registry.repository(reference, 'push');
    const [tag, ...more] = tools.wasBuilt === true ? tagNames : [];
    const earlier = tag === undefined ? undefined : await earlierImage(repository, tag, signal);
    if (earlier?.digest === digest && (await areThere(repository, more, digest, signal)))
      return tagNames.forEach((name) => tell(name, undefined));
    await pushSet(set, blobs, earlier === undefined ? repository : knowing(repository, earlier), {
      tags: tagNames,
      mountFirst: earlier !== undefined && earlier.digest === undefined,
      mountFrom: (layer) => tools.originsOf(layer.digest),
      onTag: tell,
      reporter,
      signal,
    });
  } catch (error) {
    signal.throwIfAborted();
    for (const tag of tagNames) if (!told.has(tag)) tell(tag, error);
    if (tagNames.length === 0) failures.set(place, toBuildError(error));
  }
}

/** Whether all tags name the image already. */
async function areThere(
  repository: Repository,
  tags: readonly string[],
  digest: Digest,
  signal: AbortSignal,
): Promise<boolean> {
  for (const tag of tags) if ((await repository.digestUnder(tag, signal)) !== digest) return false;
  return true;
}

/** The one failure as it is, where there was but one destination; else one error that tells of all. */
function failureOf(failures: ReadonlyMap<string, BuildError>, destinations: number): BuildError {
  const [first] = failures.values();
  if (first === undefined) throw new BuildError('INTERNAL', 'no push failed');
  if (destinations === 1) return first;
  const list = [...failures].map(([name, { message }]) => `${name}: ${message}`).join('; ');
  const message = `${failures.size} of ${destinations} destinations did not get the image: ${list}`;
  return new BuildError(first.code, message, { hint: first.hint, cause: first });
}

/** Destinations that share a repository are pushed to once, with all their tags. */
function byRepository(tags: readonly string[]): Group[] {
  const groups = new Map<string, Group>();
  for (const text of tags) {
    const reference = withDefaultTag(parseReference(text));
    const key = formatRepository(reference);
    const group = groups.get(key) ?? { reference, tagNames: [] };
    groups.set(key, group);
    if (reference.tag !== undefined) group.tagNames.push(reference.tag);
  }
  return [...groups.values()];
}
