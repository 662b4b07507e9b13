import { copyBlob, createLimiter, type BlobSource, type LocalBlobStore } from '../content/index.ts';
import { BuildError } from '../errors/index.ts';
import { openLayout, readImage, type LayoutImage, type ManifestBytes } from '../image/index.ts';
import type { Descriptor, Digest, Platform } from '../oci/index.ts';
import { formatReference, parseReference, withDefaultTag, type Reference } from '../reference/index.ts';
import type { RegistryClient, Repository } from '../registry/index.ts';
import type { LayerCache } from '../build/index.ts';
import type { BaseImage } from '../plan/index.ts';
import { countedBytes } from './counted-bytes.ts';
import type { WarmBases } from './warm/warm-bases.ts';
import { cachedDocuments, documentOf, keepDocument, manifestOf } from './cache/cached-documents.ts';

const CONCURRENT_FETCHES = 4;

/** Base images out of registries: looked up, and their layers put into the local store when asked for. */
export class BaseImageSource implements BlobSource {
  readonly #registry: RegistryClient;
  readonly #store: LocalBlobStore;
  readonly #signal: AbortSignal;
  readonly #limit = createLimiter(CONCURRENT_FETCHES);
  /** Which repository a layer was told of by. */
  readonly #origins = new Map<Digest, Repository>();
  /** Which layout of this machine a layer lies in. */
  readonly #inLayouts = new Map<Digest, BlobSource>();
  readonly #layouts: ReadonlyMap<string, LayoutImage>;
  readonly #cached: (BlobSource & LayerCache) | undefined;
  readonly #warm: WarmBases | undefined;
  readonly #resolved = new Map<string, Promise<BaseImage>>();
  #fetchedBytes = 0;

  /**
   * `layouts` are the image layouts among the named contexts, by their names; `cached` has the layers of other builds, `warm`
   * images that were fetched before.
   */
  constructor(
    registry: RegistryClient,
    store: LocalBlobStore,
    signal: AbortSignal,
    layouts: ReadonlyMap<string, LayoutImage> = new Map(),
    cached?: BlobSource & LayerCache,
    warm?: WarmBases,
  ) {
    this.#warm = warm;
    this.#cached = cached;
    this.#layouts = layouts;
    this.#registry = registry;
    this.#store = store;
    this.#signal = signal;
  }

  /** Bytes of layers that registries sent so far, for the build and for what is made of its image. */
  get fetchedBytes(): number {
    return this.#fetchedBytes;
  }

  /** The image of a reference, asked for once. */
  resolve(text: string, platform: Platform): Promise<BaseImage> {
    const key = JSON.stringify([text, platform]);
    const known = this.#resolved.get(key) ?? this.#resolve(text, platform);
    this.#resolved.set(key, known);
    return known;
  }

  async #resolve(text: string, platform: Platform): Promise<BaseImage> {
    const reference = withDefaultTag(parseReference(text));
    const { repository, ...root } = await this.#rootOf(reference);
    const cached =
      this.#cached === undefined ? repository : cachedDocuments(repository, this.#cached, Date.now);
    const source = this.#warm?.before(cached) ?? cached;
    const image = await readImage(source, root, platform, this.#signal);
    for (const layer of image.layers) this.#origins.set(layer.descriptor.digest, repository);
    const name = formatReference({ ...reference, digest: root.descriptor.digest });
    return { name, config: image.config, manifest: image.descriptor.digest, layers: image.layers };
  }

  /** What a reference names. One by digest is known without asking a registry, where it was fetched before. */
  async #rootOf(reference: Reference): Promise<ManifestBytes & { readonly repository: Repository }> {
    const warm = reference.digest && (await this.#warm?.manifest(reference.digest, this.#signal));
    if (warm !== undefined) return { ...warm, repository: this.#registry.repository(reference, 'pull') };
    const known = reference.digest && this.#cached && (await documentOf(reference.digest, this.#cached));
    if (known !== undefined)
      return { ...manifestOf(known), repository: this.#registry.repository(reference, 'pull') };
    const found = await this.#registry.resolve(reference, this.#signal);
    const { descriptor, bytes } = found;
    if (this.#cached !== undefined && (await documentOf(descriptor.digest, this.#cached)) === undefined)
      keepDocument(descriptor, bytes, this.#cached, Date.now);
    return found;
  }

  /** The image of a layout that is a named context. */
  async resolveLayout(context: string, platform: Platform): Promise<BaseImage> {
    const layout = this.#layouts.get(context);
    if (layout === undefined) throw new BuildError('INTERNAL', `no image layout is called ${context}`);
    const { source, root } = await openLayout(layout, this.#signal);
    const image = await readImage(source, root, platform, this.#signal);
    for (const layer of image.layers) this.#inLayouts.set(layer.descriptor.digest, source);
    return { name: `${context}@${image.descriptor.digest}`, config: image.config, layers: image.layers };
  }

  /** Puts a layer into the store, where it is not there yet. */
  fetch(descriptor: Descriptor): Promise<void> {
    return this.#limit(async () => {
      if (await this.#warm?.fetch(descriptor, this.#store, this.#signal)) return;
      await copyBlob(this.#originOf(descriptor), this.#store, descriptor, { signal: this.#signal });
    });
  }

  /** The repository a layer came from, as a place to mount it from; none for layers made here. */
  originsOf(digest: Digest): Repository[] {
    const origin = this.#origins.get(digest);
    return origin === undefined ? [] : [origin];
  }

  /** A blob from the local store, or else from the repository it belongs to: layers that no step needed are not here. */
  async *open(descriptor: Descriptor, signal?: AbortSignal): AsyncIterable<Uint8Array> {
    const isLocal =
      (await this.#store.has(descriptor)) ||
      ((await this.#warm?.fetch(descriptor, this.#store, this.#signal)) ?? false);
    yield* (isLocal ? this.#store : this.#originOf(descriptor)).open(descriptor, signal);
  }

  #originOf(descriptor: Descriptor): BlobSource {
    const { digest } = descriptor;
    const layout = this.#inLayouts.get(digest);
    if (layout !== undefined) return layout;
    const repository = this.#origins.get(digest);
    if (repository !== undefined) return this.#counted(repository);
    if (this.#cached !== undefined) return this.#cached;
    throw new BuildError('INTERNAL', `blob ${descriptor.digest} belongs to no image of this build`);
  }

  #counted(repository: Repository): BlobSource {
    const count = (bytes: number): void => void (this.#fetchedBytes += bytes);
    return { open: (descriptor, signal) => countedBytes(repository.open(descriptor, signal), count) };
  }
}
