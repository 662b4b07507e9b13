import type { BuiltImage } from '../build/index.ts';
import type { BlobSource, IngestStore } from '../content/index.ts';
import {
  assembleImage,
  assembleIndex,
  type Annotations,
  type Image,
  type ImageLayer,
  type ImageSet,
} from '../image/index.ts';
import { recompressLayer, type LayerCompression } from '../layer/index.ts';
import { formatPlatform, layerCompression, type ImageConfig, type Platform } from '../oci/index.ts';
import { DEFAULT_FORM, type Annotation, type AnnotationLevel, type ImageForm } from '../request/index.ts';

/** What was built for one platform. */
export interface BuiltPlatform {
  readonly platform: Platform;
  readonly image: BuiltImage;
}

export interface FormTools {
  readonly blobs: BlobSource;
  /** Where layers go that are compressed anew. */
  readonly store: IngestStore;
  readonly signal: AbortSignal;
  /** The config as it is to be in an image of these layers. */
  configWith?(config: ImageConfig, layers: readonly ImageLayer[]): Promise<ImageConfig>;
}

/** The images of a build in every form that its outputs want. Each layer is compressed once for each way. */
export class FormedImages {
  readonly #built: readonly [BuiltPlatform, ...BuiltPlatform[]];
  readonly #madeAs: LayerCompression;
  readonly #annotations: readonly Annotation[];
  readonly #tools: FormTools;
  readonly #layers = new Map<string, Promise<ImageLayer>>();

  /** `madeAs` is how the layers of the build are compressed; the annotations are for every image. */
  constructor(
    built: readonly [BuiltPlatform, ...BuiltPlatform[]],
    madeAs: LayerCompression,
    annotations: readonly Annotation[],
    tools: FormTools,
  ) {
    this.#built = built;
    this.#madeAs = madeAs;
    this.#annotations = annotations;
    this.#tools = tools;
  }

  /**
   * The image, or the index of images where there are several platforms. The same form and annotations give the same
   * bytes. Throws IMAGE where a format cannot hold the layers.
   */
  async of(form: ImageForm = DEFAULT_FORM, annotations: readonly Annotation[] = []): Promise<ImageSet> {
    const all = [...this.#annotations, ...annotations];
    const [first, ...more] = this.#built;
    const images: [Image, ...Image[]] = [await this.#image(first, form, all)];
    for (const built of more) images.push(await this.#image(built, form, all));
    if (images.length === 1) return { images };
    const entries = images.map(({ descriptor }, at) => ({ descriptor, platform: this.#built[at]?.platform }));
    const index = assembleIndex({
      entries,
      format: form.format,
      annotations: collect(all, 'index'),
      descriptorAnnotations: collect(all, 'index-descriptor'),
    });
    return { images, index };
  }

  async #image(
    { platform, image }: BuiltPlatform,
    form: ImageForm,
    annotations: readonly Annotation[],
  ): Promise<Image> {
    const layers: ImageLayer[] = [];
    for (const layer of image.layers) layers.push(await this.#layer(layer, form));
    return assembleImage({
      config: (await this.#tools.configWith?.(image.config, layers)) ?? image.config,
      layers,
      format: form.format,
      annotations: collect(annotations, 'manifest', platform),
      descriptorAnnotations: collect(annotations, 'manifest-descriptor', platform),
    });
  }

  #layer(layer: BuiltImage['layers'][number], form: ImageForm): Promise<ImageLayer> {
    const { compression, level, force } = form;
    const { descriptor, diffId, reused } = layer;
    const plain = { descriptor, diffId };
    const isSame = layerCompression(descriptor.mediaType) === compression;
    const isLevelSame = compression === 'none' || level === this.#madeAs.level;
    if (reused ? isSame || !force : isSame && isLevelSame) return Promise.resolve(plain);
    const key = `${descriptor.digest} ${compression} ${level ?? ''}`;
    const { blobs, store, signal } = this.#tools;
    const wanted = { kind: compression, level, blocksInFlight: this.#madeAs.blocksInFlight };
    const made =
      this.#layers.get(key) ??
      recompressLayer(plain, { from: blobs, to: store, compression: wanted, signal });
    this.#layers.set(key, made);
    return made;
  }
}

/** The annotations of a level, the last of two with one key. */
function collect(
  annotations: readonly Annotation[],
  level: AnnotationLevel,
  platform?: Platform,
): Annotations {
  const name = platform === undefined ? undefined : formatPlatform(platform);
  return Object.fromEntries(
    annotations
      .filter((one) => one.level === level && (one.platform === undefined || one.platform === name))
      .map(({ key, value }) => [key, value]),
  );
}
