import type { BlobSource } from '../content/index.ts';
import {
  pushImage,
  writeDockerArchive,
  writeOciLayout,
  type Image,
  type RepositoryName,
} from '../image/index.ts';
import { parseReference, withDefaultTag, type Reference } from '../reference/index.ts';
import type { RegistryClient } from '../registry/index.ts';
import type { Reporter } from '../report/index.ts';
import type { BuildResult, OutputSpec } from '../request/index.ts';
import type { Digest } from '../oci/index.ts';

export interface ExportTools {
  readonly registry: RegistryClient;
  readonly blobs: BlobSource;
  /** The repositories a layer may be mounted from. */
  originsOf(digest: Digest): readonly RepositoryName[];
  readonly reporter: Reporter;
  readonly signal: AbortSignal;
}

/** Fails early where a destination will refuse the push: checked while the build goes on. */
export async function checkDestinationsOf(outputs: OutputSpec, tools: ExportTools): Promise<void> {
  if (!outputs.push) return;
  await Promise.all(
    byRepository(outputs.tags).map(({ reference }) =>
      tools.registry.repository(reference, 'push').checkPush(tools.signal),
    ),
  );
}

/** Takes the image everywhere it is asked for: files first, then registries. Returns the destinations pushed to. */
export async function exportImage(
  image: Image,
  outputs: OutputSpec,
  tools: ExportTools,
): Promise<BuildResult['destinations']> {
  const { tags, tarPath, ociLayoutPath } = outputs;
  if (tarPath !== undefined) await writeDockerArchive(image, tools.blobs, tarPath, { tags });
  if (ociLayoutPath !== undefined) await writeOciLayout(image, tools.blobs, ociLayoutPath, { tags });
  if (!outputs.push) return [];
  for (const { reference, tagNames } of byRepository(tags)) {
    await pushImage(image, tools.blobs, tools.registry.repository(reference, 'push'), {
      tags: tagNames,
      mountFrom: ({ digest }) => tools.originsOf(digest),
      reporter: tools.reporter,
      signal: tools.signal,
    });
  }
  return tags.map((reference) => ({ reference, digest: image.descriptor.digest }));
}

/** Destinations that share a repository are pushed to once, with all their tags. */
function byRepository(
  tags: readonly string[],
): { readonly reference: Reference; readonly tagNames: string[] }[] {
  const groups = new Map<string, { readonly reference: Reference; readonly tagNames: string[] }>();
  for (const text of tags) {
    const reference = withDefaultTag(parseReference(text));
    const key = `${reference.registry}/${reference.repository}`;
    const group = groups.get(key) ?? { reference, tagNames: [] };
    groups.set(key, group);
    if (reference.tag !== undefined) group.tagNames.push(reference.tag);
  }
  return [...groups.values()];
}
