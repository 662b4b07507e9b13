import { mkdirSync } from 'node:fs';
import { fromText } from '../bytes/index.ts';
import type { LocalBlobStore } from '../content/index.ts';
import { BuildError } from '../errors/index.ts';
import type { ImageLayer } from '../image/index.ts';
import { applyLayer } from '../layer/index.ts';
import { digestOf, layerCompression } from '../oci/index.ts';
import type { BaseImage } from '../plan/index.ts';
import { LayerUnpacker, TreeIndex, type UnpackOptions } from '../rootfs/index.ts';
import type { TarHandler } from '../tar/index.ts';

/** Where the layers of base images come from. */
export interface LayerBlobs {
  readonly store: LocalBlobStore;
  fetchLayer(layer: ImageLayer): Promise<void>;
  readonly signal: AbortSignal;
}

/** A tree on disk, relative to the scratch directory, and what its layers' headers say. */
export interface IndexedTree {
  readonly directory: string;
  readonly index: TreeIndex;
}

/** The trees of base images: each is fetched and unpacked once, however many stages start from it. */
export class BaseTrees {
  readonly #blobs: LayerBlobs;
  readonly #directory: (name: string) => string;
  readonly #unpacked = new Map<string, Promise<string>>();
  readonly #contents = new Map<string, Promise<string>>();
  readonly #withIndex = new Map<string, Promise<IndexedTree>>();
  readonly #indexed = new Map<string, Promise<TreeIndex>>();
  readonly #fetched = new Map<string, Promise<void>>();
  #directories = 0;

  /** `directory` gives the absolute path of a directory named relative to the scratch directory. */
  constructor(blobs: LayerBlobs, directory: (name: string) => string) {
    this.#blobs = blobs;
    this.#directory = directory;
  }

  /** The image unpacked with all its owners; a directory relative to the scratch directory. */
  unpacked(image: BaseImage): Promise<string> {
    return remember(this.#unpacked, chainOf(image), () => this.#unpack(image, 'b', {}));
  }

  /** The image's files with their bytes and modes, and beside them all that its headers say; the index not to be changed. */
  withIndex(image: BaseImage): Promise<IndexedTree> {
    return remember(this.#withIndex, chainOf(image), async () => {
      const index = new TreeIndex();
      const options = { ownership: 'skip', devices: 'skip' } as const;
      return { directory: await this.#unpack(image, 'l', options, () => index.handler()), index };
    });
  }

  /** The image's files with their bytes and nothing else right: for users who can give files to nobody. */
  contents(image: BaseImage): Promise<string> {
    return remember(this.#contents, chainOf(image), () =>
      this.#unpack(image, 'c', { ownership: 'skip', devices: 'skip' }),
    );
  }

  /** The image's tree known from the headers of its layers; not to be changed. */
  index(image: BaseImage): Promise<TreeIndex> {
    return remember(this.#indexed, chainOf(image), async () => {
      const index = new TreeIndex();
      await this.#apply(image, () => ({ handler: index.handler(), finish: () => undefined }));
      return index;
    });
  }

  async #unpack(
    image: BaseImage,
    kind: string,
    options: UnpackOptions,
    beside?: () => TarHandler,
  ): Promise<string> {
    const name = `${kind}${this.#directories++}`;
    const path = this.#directory(name);
    mkdirSync(path, { mode: 0o755 });
    await this.#apply(image, () => {
      const unpacker = new LayerUnpacker(fromText(path), options);
      const handler = beside === undefined ? unpacker : bothHandlers(unpacker, beside());
      return { handler, finish: () => unpacker.finish() };
    });
    return name;
  }

  /** Fetches all layers side by side and applies each in its turn. */
  async #apply(
    image: BaseImage,
    sink: () => { readonly handler: TarHandler; finish(): void },
  ): Promise<void> {
    const { store, signal } = this.#blobs;
    const fetched = image.layers.map((layer) => this.#fetch(layer));
    for (const [number, layer] of image.layers.entries()) {
      await fetched[number];
      const compression = layerCompression(layer.descriptor.mediaType);
      if (compression === undefined) throw unreadable(layer.descriptor.mediaType);
      const { handler, finish } = sink();
      await applyLayer(store.open(layer.descriptor, signal), compression, layer.diffId, handler, signal);
      finish();
    }
  }

  #fetch(layer: ImageLayer): Promise<void> {
    const fetched = remember(this.#fetched, layer.descriptor.digest, () => this.#blobs.fetchLayer(layer));
    // Layers are awaited in order; one that fails early must not count as unhandled until its turn.
    fetched.catch(() => undefined);
    return fetched;
  }
}

/** Gives everything in an archive to both. */
function bothHandlers(first: TarHandler, second: TarHandler): TarHandler {
  return {
    entry: (entry) => {
      first.entry(entry);
      second.entry(entry);
    },
    data: (chunk) => {
      first.data(chunk);
      second.data(chunk);
    },
    end: () => {
      first.end();
      second.end();
    },
  };
}

/** Equal for images with the same layers in the same order (image-spec config.md, layer ChainID). */
function chainOf(image: BaseImage): string {
  return digestOf(image.layers.map(({ diffId }) => diffId).join(' '));
}

function remember<T>(known: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const found = known.get(key);
  if (found !== undefined) return found;
  const made = make();
  known.set(key, made);
  return made;
}

function unreadable(mediaType: string): BuildError {
  return new BuildError(
    'IMAGE',
    `a layer of the base image has the media type ${JSON.stringify(mediaType)}`,
    {
      hint: 'layers are tar archives, plain or compressed with gzip or zstd',
    },
  );
}
