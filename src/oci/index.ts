/** The nouns of the OCI image specification (v1.1) and Docker's twins of them: types and schemas, no I/O. */
export { ContainerConfig, HistoryEntry, ImageConfig } from './image-config.ts';
export { Descriptor } from './descriptor.ts';
export { createDigester, digestHex, digestOf, isDigest, parseDigest } from './digest.ts';
export type { Digest, Digester } from './digest.ts';
export { ImageIndex, ImageManifest } from './manifest.ts';
export * as mediaTypes from './media-types.ts';
export { isIndexType, isManifestType, layerCompression } from './media-types.ts';
export type { Compression } from './media-types.ts';
export { Platform, formatPlatform, matchPlatform, parsePlatform, platformOfMachine } from './platform.ts';
