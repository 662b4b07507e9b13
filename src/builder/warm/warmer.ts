import { DirectoryStore } from '../../content/index.ts';
import { formatPlatform, type Digest, type Platform } from '../../oci/index.ts';
import type { BaseImages } from '../../plan/index.ts';
import type { RegistryClient } from '../../registry/index.ts';
import { lookUpImage, type FoundImage } from './look-up-image.ts';
import { storeImage } from './store-image.ts';
import type { WarmBases } from './warm-bases.ts';
import { WarmEntries } from './warm-entries.ts';

export interface WarmerTools {
  readonly registry: RegistryClient;
  /** What is there already; undefined where all is to be fetched. */
  readonly known: WarmBases | undefined;
  /** The OCI layout that images are put into. */
  readonly layout: string;
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** What became of an image. */
export interface WarmedImage {
  readonly reference: string;
  readonly platform: string;
  /** Of what the reference names: a manifest or an index. */
  readonly digest: Digest;
  readonly layers: number;
  readonly fetchedBytes: number;
  readonly presentBytes: number;
}

/** Looks images up, each once, and then fetches all of them into a directory. */
export class Warmer {
  readonly #tools: WarmerTools;
  readonly #found = new Map<string, Promise<FoundImage>>();

  constructor(tools: WarmerTools) {
    this.#tools = tools;
  }

  /** What a Dockerfile is planned with: the images it asks for are fetched later. */
  images(): BaseImages {
    return {
      resolve: async (reference, platform) => {
        const { image, documents, ...found } = await this.lookUp(reference, platform);
        const name = `${found.reference}@${documents[0].descriptor.digest}`;
        return { name, config: image.config, layers: image.layers };
      },
      resolveLayout: () => Promise.reject(new Error('no layouts are named')),
    };
  }

  lookUp(reference: string, platform: Platform): Promise<FoundImage> {
    const { registry, known, signal } = this.#tools;
    const key = JSON.stringify([reference, platform]);
    const found = this.#found.get(key) ?? lookUpImage(reference, platform, registry, known, signal);
    this.#found.set(key, found);
    return found;
  }

  /** Fetches what was looked up; an image that cannot be had keeps no other from coming. */
  async fetchAll(
    force: boolean,
    done: (image: WarmedImage) => void,
    failed: (error: unknown) => void,
  ): Promise<void> {
    const { layout, signal } = this.#tools;
    const store = new DirectoryStore(layout, { durable: true });
    const entries = new WarmEntries(layout);
    for (const looking of this.#found.values()) {
      try {
        done(await this.#fetch(await looking, store, entries, force));
      } catch (error) {
        signal.throwIfAborted();
        failed(error);
      }
    }
  }

  async #fetch(
    found: FoundImage,
    store: DirectoryStore,
    entries: WarmEntries,
    force: boolean,
  ): Promise<WarmedImage> {
    const { reference, documents, image } = found;
    const platform = formatPlatform(found.platform);
    const root = documents[0].descriptor;
    const { blobs, fetched, present } = await storeImage(found, store, force, this.#tools.signal);
    await entries.add({ reference, platform, root, blobs, warmed: this.#tools.now() });
    return {
      reference,
      platform,
      digest: root.digest,
      layers: image.layers.length,
      fetchedBytes: fetched,
      presentBytes: present,
    };
  }
}
