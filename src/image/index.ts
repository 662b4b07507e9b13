/** Images: read from a source, assembled from a config and layers, pushed, written to disk and checked. */
export { assembleImage } from './assemble-image.ts';
export type { ImageParts } from './assemble-image.ts';
export type { Image, ImageLayer, ManifestBytes, ManifestSource } from './image.ts';
export { openLayout } from './open-layout.ts';
export type { LayoutImage } from './open-layout.ts';
export { pushImage } from './push-image.ts';
export type { PushOptions, PushTarget, RepositoryName } from './push-image.ts';
export { readImage } from './read-image.ts';
export { validateImage } from './validate-image.ts';
export { writeDockerArchive } from './write-docker-archive.ts';
export { writeOciLayout } from './write-oci-layout.ts';
export type { WriteOptions } from './write-oci-layout.ts';
