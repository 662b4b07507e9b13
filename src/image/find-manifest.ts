import { parseDocument } from './document.ts';
import type { ManifestBytes, ManifestSource } from './image.ts';
import { INDEX_DEPTH_LIMIT, MANIFEST_LIMIT_BYTES, UNLABELLED_CHILDREN_LIMIT } from './limits.ts';
import { readConfig } from './read-config.ts';
import { BuildError } from '../errors/index.ts';
import {
  formatPlatform,
  matchPlatform,
  type Descriptor,
  type ImageIndex,
  type ImageManifest,
  type Platform,
} from '../oci/index.ts';

/** A manifest together with the bytes it was read from. */
export interface FoundManifest extends ManifestBytes {
  readonly manifest: ImageManifest;
}

interface Search {
  readonly source: ManifestSource;
  readonly platform: Platform;
  readonly signal: AbortSignal | undefined;
  /** Platforms seen on the way, for the error message. */
  readonly offered: Set<string>;
  opened: number;
}

/**
 * The manifest for a platform: the root itself where it is one (whatever its platform, as docker takes it), else the
 * best child of the index. Throws IMAGE listing the platforms offered where none fits.
 */
export async function findManifest(
  source: ManifestSource,
  root: ManifestBytes,
  platform: Platform,
  signal?: AbortSignal,
): Promise<FoundManifest> {
  const search: Search = { source, platform, signal, offered: new Set(), opened: 0 };
  const found = await descend(search, root, 0);
  if (found !== undefined) return found;
  const offered = search.offered.size === 0 ? 'none' : [...search.offered].join(', ');
  throw new BuildError(
    'IMAGE',
    `the image has nothing for ${formatPlatform(platform)}; platforms offered: ${offered}`,
    { hint: 'choose one of them with --platform (FROM --platform for one stage)' },
  );
}

async function descend(
  search: Search,
  document: ManifestBytes,
  depth: number,
): Promise<FoundManifest | undefined> {
  const parsed = parseDocument(document);
  if (parsed.kind === 'manifest') return { ...document, manifest: parsed.manifest };
  if (depth === INDEX_DEPTH_LIMIT) {
    throw new BuildError('IMAGE', `the image is an index nested more than ${INDEX_DEPTH_LIMIT} deep`);
  }
  const children = images(parsed.index);
  for (const { platform } of children)
    if (platform !== undefined) search.offered.add(formatPlatform(platform));
  const best = bestMatch(children, search.platform);
  if (best !== undefined) return descend(search, await fetchChild(search, best), depth + 1);
  return firstUnlabelled(search, children, depth);
}

/** The children that can be images: no attestations (buildkit docs/attestations/attestation-storage.md). */
function images(index: ImageIndex): readonly Descriptor[] {
  return index.manifests.filter(
    ({ annotations, platform }) =>
      annotations?.['vnd.docker.reference.type'] !== 'attestation-manifest' &&
      !(platform?.os === 'unknown' && platform.architecture === 'unknown'),
  );
}

/** The child that serves the platform best, the first of equals. */
function bestMatch(children: readonly Descriptor[], wanted: Platform): Descriptor | undefined {
  let best: { readonly child: Descriptor; readonly score: number } | undefined;
  for (const child of children) {
    const score = child.platform === undefined ? undefined : matchPlatform(wanted, child.platform);
    if (score !== undefined && (best === undefined || score > best.score)) best = { child, score };
  }
  return best?.child;
}

/** A child that does not tell its platform is opened: an index is searched, a manifest's config tells. */
async function firstUnlabelled(
  search: Search,
  children: readonly Descriptor[],
  depth: number,
): Promise<FoundManifest | undefined> {
  for (const child of children) {
    if (child.platform !== undefined) continue;
    if (search.opened === UNLABELLED_CHILDREN_LIMIT) {
      throw new BuildError(
        'IMAGE',
        `the image index lists more than ${UNLABELLED_CHILDREN_LIMIT} children without a platform`,
      );
    }
    search.opened += 1;
    const found = await descend(search, await fetchChild(search, child), depth + 1);
    if (found !== undefined && (await fits(search, found))) return found;
  }
  return undefined;
}

async function fits(search: Search, found: FoundManifest): Promise<boolean> {
  const { config } = await readConfig(search.source, found.manifest, search.signal);
  const platform: Platform = { os: config.os, architecture: config.architecture };
  if (config.variant !== undefined) platform.variant = config.variant;
  search.offered.add(formatPlatform(platform));
  return matchPlatform(search.platform, platform) !== undefined;
}

async function fetchChild(search: Search, child: Descriptor): Promise<ManifestBytes> {
  if (child.size > MANIFEST_LIMIT_BYTES) {
    throw new BuildError(
      'IMAGE',
      `the manifest ${child.digest} has ${child.size} bytes; at most ${MANIFEST_LIMIT_BYTES} are read`,
    );
  }
  const { bytes } = await search.source.getManifest(child.digest, search.signal);
  // Read by what the index says of it, not by what the server claims.
  return { descriptor: child, bytes };
}
