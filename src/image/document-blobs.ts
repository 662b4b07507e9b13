import type { Image, ImageSet, ManifestBytes } from './image.ts';
import type { Descriptor } from '../oci/index.ts';

/** The layers' descriptors in order, each digest once: images may share a layer, or hold the same one several times. */
export function distinctLayers(...images: readonly Image[]): readonly Descriptor[] {
  const layers = images.flatMap((image) => image.layers.map(({ descriptor }) => descriptor));
  return [...new Map(layers.map((descriptor) => [descriptor.digest, descriptor])).values()];
}

/** Configs, manifests and the index of images, each once and after those it names. */
export function documentsOf({ images, index }: ImageSet): readonly ManifestBytes[] {
  const documents = images.flatMap((image): ManifestBytes[] => [
    { descriptor: image.manifest.config, bytes: image.configBytes },
    { descriptor: image.descriptor, bytes: image.manifestBytes },
  ]);
  const all = index === undefined ? documents : [...documents, index];
  return [...new Map(all.map((document) => [document.descriptor.digest, document])).values()];
}
