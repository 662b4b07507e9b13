import { mkdirSync } from 'node:fs';
import { fromText } from '../bytes/index.ts';
import type { LocalBlobStore } from '../content/index.ts';
import { BuildError } from '../errors/index.ts';
import type { ImageLayer } from '../image/index.ts';
import { applyLayer, readListing, type ListingWriter, type ReadListing } from '../layer/index.ts';
import { digestOf, layerCompression, type Digest } from '../oci/index.ts';
import { LayerUnpacker, TreeIndex, type UnpackOptions } from '../rootfs/index.ts';
import type { LayerSink, StageRoot } from '../snapshot/index.ts';
import { bothHandlers, type TarHandler } from '../tar/index.ts';

/** Where layers come from. */
export interface LayerBlobs {
  readonly store: LocalBlobStore;
  fetchLayer(layer: ImageLayer): Promise<void>;
  /** Headers of layers that are known without the layers themselves. */
  readonly listings: Listings;
  readonly signal: AbortSignal;
}

/** What is known of layers besides their blobs. */
export interface Listings {
  /** The listing of each of these layers; undefined where one is missing. */
  find(layers: readonly ImageLayer[]): Promise<readonly Buffer[] | undefined>;
  /** Takes down what passes of a layer; undefined where nobody asks for it, or that of this diff ID is kept already. */
  writer(diffId?: Digest): Promise<ListingWriter | undefined>;
  /** Keeps what was taken down. */
  keep(layer: ImageLayer, writer: ListingWriter): Promise<void>;
}

/** A tree on disk, relative to the scratch directory, and what its layers' headers say. */
export interface IndexedTree {
  readonly directory: string;
  readonly index: TreeIndex;
}

/** The trees that layers make: each stack is fetched and unpacked once, however many stages start from it. */
export class LayerTrees {
  readonly #blobs: LayerBlobs;
  readonly #directory: (name: string) => string;
  readonly #unpacked = new Map<string, Promise<string>>();
  readonly #withIndex = new Map<string, Promise<IndexedTree>>();
  readonly #indexed = new Map<string, Promise<TreeIndex>>();
  readonly #fetched = new Map<string, Promise<void>>();
  #directories = 0;

  /** `directory` gives the absolute path of a directory named relative to the scratch directory. */
  constructor(blobs: LayerBlobs, directory: (name: string) => string) {
    this.#blobs = blobs;
    this.#directory = directory;
  }

  /** The layers unpacked with all their owners; a directory relative to the scratch directory. */
  unpacked(layers: readonly ImageLayer[]): Promise<string> {
    return remember(this.#unpacked, chainOf(layers), () => this.#unpack(layers, 'b', {}));
  }

  /** The files with their bytes and modes, and beside them all that their headers say; the index not to be changed. */
  withIndex(layers: readonly ImageLayer[]): Promise<IndexedTree> {
    return remember(this.#withIndex, chainOf(layers), async () => {
      const index = new TreeIndex();
      const options = { ownership: 'skip', devices: 'skip', accessible: true } as const;
      return { directory: await this.#unpack(layers, 'l', options, () => index.handler()), index };
    });
  }

  /**
   * The tree known from the headers of its layers, not to be changed; with the bytes of its files where `contents` says
   * so, else from listings alone where these are at hand.
   */
  index(layers: readonly ImageLayer[], contents: boolean): Promise<TreeIndex> {
    return remember(this.#indexed, `${chainOf(layers)} ${contents}`, async () => {
      const index = new TreeIndex();
      await this.#applyHeaders(
        layers,
        (spill) => ({ handler: index.handler(spill), finish: () => undefined }),
        contents,
      );
      return index;
    });
  }

  /** Puts finished layers on top of a tree. */
  applyTo(root: StageRoot, layers: readonly ImageLayer[], contents: boolean): Promise<void> {
    return root.applyLayers({
      unpack: (sink) => this.#apply(layers, () => sink()),
      index: (sink) => this.#applyHeaders(layers, sink, contents),
    });
  }

  async #unpack(
    layers: readonly ImageLayer[],
    kind: string,
    options: UnpackOptions,
    beside?: () => TarHandler,
  ): Promise<string> {
    const name = this.#makeDirectory(kind);
    const path = fromText(this.#directory(name));
    await this.#apply(layers, () => {
      const unpacker = new LayerUnpacker(path, options);
      const handler = beside === undefined ? unpacker : bothHandlers(unpacker, beside());
      return { handler, finish: () => unpacker.finish() };
    });
    return name;
  }

  async #applyHeaders(
    layers: readonly ImageLayer[],
    sink: (spill?: string) => LayerSink,
    contents: boolean,
  ): Promise<void> {
    if (contents) {
      const directory = this.#directory(this.#makeDirectory('c'));
      return this.#apply(layers, () => sink(directory));
    }
    const listings = await this.#listings(layers);
    if (listings === undefined) return this.#apply(layers, () => sink());
    for (const listing of listings) {
      const { handler, finish } = sink();
      listing.give(handler);
      finish();
    }
  }

  /** Undefined where one is missing or damaged: the layers themselves tell the same. */
  async #listings(layers: readonly ImageLayer[]): Promise<readonly ReadListing[] | undefined> {
    const found = await this.#blobs.listings.find(layers);
    try {
      return found?.map(readListing);
    } catch {
      return undefined;
    }
  }

  /** Fetches all layers side by side and applies each in its turn. */
  async #apply(layers: readonly ImageLayer[], sink: () => LayerSink): Promise<void> {
    const { store, signal, listings } = this.#blobs;
    const fetched = layers.map((layer) => this.#fetch(layer));
    for (const [number, layer] of layers.entries()) {
      await fetched[number];
      const compression = layerCompression(layer.descriptor.mediaType);
      if (compression === undefined) throw unreadable(layer.descriptor.mediaType);
      const { handler, finish } = sink();
      const writer = await listings.writer(layer.diffId);
      const reader = writer === undefined ? handler : bothHandlers(handler, writer);
      await applyLayer(store.open(layer.descriptor, signal), compression, layer.diffId, reader, signal);
      finish();
      if (writer !== undefined) await listings.keep(layer, writer);
    }
  }

  #fetch(layer: ImageLayer): Promise<void> {
    const fetched = remember(this.#fetched, layer.descriptor.digest, () => this.#blobs.fetchLayer(layer));
    // Layers are awaited in order; one that fails early must not count as unhandled until its turn.
    fetched.catch(() => undefined);
    return fetched;
  }

  #makeDirectory(kind: string): string {
    const name = `${kind}${this.#directories++}`;
    mkdirSync(this.#directory(name), { mode: 0o755 });
    return name;
  }
}

/** Equal for the same layers in the same order (image-spec config.md, layer ChainID). */
function chainOf(layers: readonly ImageLayer[]): string {
  return digestOf(layers.map(({ diffId }) => diffId).join(' '));
}

function remember<T>(known: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const found = known.get(key);
  if (found !== undefined) return found;
  const made = make();
  known.set(key, made);
  return made;
}

function unreadable(mediaType: string): BuildError {
  return new BuildError('IMAGE', `a layer has the media type ${JSON.stringify(mediaType)}`, {
    hint: 'layers are tar archives, plain or compressed with gzip or zstd',
  });
}
