import { distinctLayers } from './document-blobs.ts';
import type { Image, ManifestBytes } from './image.ts';
import { streamOf, createLimiter, type BlobSource, type BlobStore } from '../content/index.ts';
import { BuildError } from '../errors/index.ts';
import { digestHex, type Descriptor } from '../oci/index.ts';
import type { Reporter, Transfer } from '../report/index.ts';

/** Enough to fill a connection; registries throttle clients that open many uploads. */
const UPLOADS_AT_ONCE = 4;

/** distribution-spec's codes for a manifest whose blobs are not there; registries mix them up. */
const BLOB_UNKNOWN = /MANIFEST_BLOB_UNKNOWN|BLOB_UNKNOWN/;

/** A repository by its registry and name. */
export interface RepositoryName {
  readonly registry: string;
  readonly name: string;
}

/** The repository an image goes to. */
export interface PushTarget extends BlobStore, RepositoryName {
  /** Stores a manifest under its digest, and under a tag where one is given. */
  putManifest(
    descriptor: Descriptor,
    bytes: Uint8Array,
    tag: string | undefined,
    signal?: AbortSignal,
  ): Promise<void>;
  /** Takes a blob over from another repository of the same registry; false where that is not possible. */
  mount(descriptor: Descriptor, from: RepositoryName, signal?: AbortSignal): Promise<boolean>;
}

export interface PushOptions {
  /** Set once everything else is there, in this order; without any the image is found by its digest alone. */
  readonly tags: readonly string[];
  /** Repositories that may hold a layer already, likeliest first. Those of other registries are passed over. */
  readonly mountFrom?: ((layer: Descriptor) => readonly RepositoryName[]) | undefined;
  /** The repository is most likely empty: layers are mounted where they can be, before it is asked for them. */
  readonly mountFirst?: boolean | undefined;
  /** Told of every tag what became of it; without a failure it is set. */
  readonly onTag?: ((tag: string, failure: unknown) => void) | undefined;
  readonly reporter: Reporter;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Pushes an image: layers side by side, then the config, the manifest by digest, the tags. What the repository has is
 * not sent again. The first failure stops the rest, and nothing is tagged unless all of it is there; a tag that fails
 * does not keep the others from being set.
 */
export async function pushImage(
  image: Image,
  from: BlobSource,
  to: PushTarget,
  options: PushOptions,
): Promise<void> {
  try {
    await pushContent(image, from, to, options);
  } catch (error) {
    if (!(error instanceof BuildError) || !BLOB_UNKNOWN.test(error.message)) throw error;
    // The registry said it had a blob, and has it not: everything is sent, whatever it says.
    await pushContent(image, from, { ...to, has: () => Promise.resolve(false) }, options);
  }
  await pushTags({ descriptor: image.descriptor, bytes: image.manifestBytes }, to, options);
}

/** Layers and config, then the manifest by its digest. */
async function pushContent(
  image: Image,
  from: BlobSource,
  to: PushTarget,
  options: PushOptions,
): Promise<void> {
  await pushLayers(image, from, to, options);
  const { signal } = options;
  const config = image.manifest.config;
  if (!(await to.has(config)))
    await to.put(
      config,
      restartable(() => streamOf(image.configBytes)),
      signal,
    );
  signal?.throwIfAborted();
  await to.putManifest(image.descriptor, image.manifestBytes, undefined, signal);
}

/** Puts tags on a manifest or index that is there with all it names. Throws the first failure, once all tags were tried. */
export async function pushTags(
  { descriptor, bytes }: ManifestBytes,
  to: PushTarget,
  options: Pick<PushOptions, 'tags' | 'onTag' | 'signal'>,
): Promise<void> {
  const { signal, onTag } = options;
  const failures: unknown[] = [];
  for (const tag of options.tags) {
    signal?.throwIfAborted();
    try {
      await to.putManifest(descriptor, bytes, tag, signal);
      onTag?.(tag, undefined);
    } catch (error) {
      failures.push(error);
      onTag?.(tag, error);
    }
  }
  if (failures.length > 0) throw failures[0];
}

/** All layers, or the first error once every upload that had begun is over. */
async function pushLayers(
  image: Image,
  from: BlobSource,
  to: PushTarget,
  options: PushOptions,
): Promise<void> {
  const stop = new AbortController();
  const signal = options.signal === undefined ? stop.signal : AbortSignal.any([options.signal, stop.signal]);
  const limited = createLimiter(UPLOADS_AT_ONCE);
  const uploads = distinctLayers(image).map((layer) =>
    limited(async () => {
      signal.throwIfAborted();
      await pushLayer(layer, from, to, { ...options, signal });
    }).catch((error: unknown) => {
      stop.abort(error);
      throw error;
    }),
  );
  await Promise.allSettled(uploads);
  await Promise.all(uploads);
  options.signal?.throwIfAborted();
  stop.signal.throwIfAborted();
}

async function pushLayer(
  layer: Descriptor,
  from: BlobSource,
  to: PushTarget,
  options: PushOptions,
): Promise<void> {
  const tell = (done: number, state?: Transfer['state']): void =>
    options.reporter.transfer({
      direction: 'push',
      what: `layer ${digestHex(layer.digest).slice(0, 12)}`,
      done,
      total: layer.size,
      state,
    });
  if (await isThere(layer, to, options)) return tell(layer.size, 'reused');
  await to.put(
    layer,
    restartable(() => counted(from.open(layer, options.signal), tell)),
    options.signal,
  );
  tell(layer.size, 'done');
}

/** Whether the repository has a layer, or took it over from another one. */
async function isThere(layer: Descriptor, to: PushTarget, options: PushOptions): Promise<boolean> {
  if (options.mountFirst === true) return (await mounted(layer, to, options)) || to.has(layer);
  return (await to.has(layer)) || mounted(layer, to, options);
}

async function mounted(layer: Descriptor, to: PushTarget, options: PushOptions): Promise<boolean> {
  for (const candidate of options.mountFrom?.(layer) ?? []) {
    if (candidate.registry !== to.registry || candidate.name === to.name) continue;
    if (await to.mount(layer, candidate, options.signal)) return true;
  }
  return false;
}

/** A stream that may be read again from its start: an upload that broke off is tried anew. */
function restartable(open: () => AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  return { [Symbol.asyncIterator]: () => open()[Symbol.asyncIterator]() };
}

async function* counted(
  chunks: AsyncIterable<Uint8Array>,
  tell: (done: number) => void,
): AsyncGenerator<Uint8Array> {
  let done = 0;
  for await (const chunk of chunks) {
    yield chunk;
    done += chunk.length;
    tell(done);
  }
}
