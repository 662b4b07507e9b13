import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { copyBlob, DirectoryStore, readBlob, type BlobStore } from '../../content/index.ts';
import { BuildError, toBuildError } from '../../errors/index.ts';
import { layoutSource, type ManifestBytes, type ManifestSource } from '../../image/index.ts';
import { isDigest, type Descriptor, type Digest } from '../../oci/index.ts';
import type { Reporter } from '../../report/index.ts';
import { warmLayout } from './warm-layout.ts';

/** A config larger than this is none. */
const LARGEST = 16 * 1024 * 1024;

/** Base images that were fetched before, in a directory of this machine. What is damaged in it is not there. */
export interface WarmBases {
  /** A manifest or index. */
  manifest(digest: Digest, signal: AbortSignal): Promise<ManifestBytes | undefined>;
  /** Documents by their digests from here where they are here, all else from the other source. */
  before(other: ManifestSource): ManifestSource;
  /** Puts a blob into a store, verified; false where it is not here. */
  fetch(blob: Descriptor, to: BlobStore, signal: AbortSignal): Promise<boolean>;
}

/** The base images below a directory; undefined where none were ever put there. Nothing is made or changed. */
export function openWarm(directory: string | undefined, reporter: Reporter): WarmBases | undefined {
  const layout = directory === undefined ? undefined : warmLayout(directory);
  if (layout === undefined || !existsSync(join(layout, 'oci-layout'))) return undefined;
  try {
    return warmBases(layout, reporter);
  } catch (error) {
    reporter.warn(`base images in ${layout} are not used: ${toBuildError(error).message}`);
    return undefined;
  }
}

function warmBases(layout: string, reporter: Reporter): WarmBases {
  const source = layoutSource(layout);
  const store = new DirectoryStore(layout);
  const orNothing = async <T>(work: Promise<T>, signal?: AbortSignal): Promise<T | undefined> => {
    try {
      return await work;
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof BuildError) || error.code === 'INTERNAL') throw error;
      reporter.warn(`base images in ${layout}: ${error.message}`);
      return undefined;
    }
  };
  const isThere = (digest: Digest): boolean =>
    statSync(store.pathOf(digest), { throwIfNoEntry: false })?.isFile() === true;
  const manifest = async (digest: Digest, signal?: AbortSignal): Promise<ManifestBytes | undefined> =>
    isThere(digest) ? orNothing(source.getManifest(digest, signal), signal) : undefined;
  return {
    manifest,
    before: (other) => ({
      getManifest: async (name, signal) =>
        (isDigest(name) ? await manifest(name, signal) : undefined) ?? other.getManifest(name, signal),
      open: async function* (blob, signal) {
        const isHere = blob.size <= LARGEST && isThere(blob.digest);
        const known = isHere ? await orNothing(readBlob(source, blob, LARGEST, signal), signal) : undefined;
        if (known === undefined) yield* other.open(blob, signal);
        else yield known;
      },
    }),
    fetch: async (blob, to, signal) => {
      if (!(await store.has(blob))) return false;
      return (await orNothing(copyBlob(source, to, blob, { signal }), signal)) !== undefined;
    },
  };
}
