/** Image layers: from changes of a tree to a compressed blob, and from a blob back to entries. */
export { applyLayer } from './apply-layer.ts';
export type { LayerLimits } from './apply-layer.ts';
export { DEFAULT_COMPRESSION } from './compress/compress-blocks.ts';
export type { LayerCompression } from './compress/compress-blocks.ts';
export { recompressLayer } from './compress/recompress-layer.ts';
export type { Recompression } from './compress/recompress-layer.ts';
export { decompress } from './decompress.ts';
export { archiveTrees } from './flatten/archive-tree.ts';
export type { ArchivedTree } from './flatten/archive-tree.ts';
export { locateMembers } from './flatten/flatten-layers.ts';
export type { FlattenOptions } from './flatten/flatten-layers.ts';
export { unpackTree } from './flatten/unpack-tree.ts';
export { ListingWriter, readListing } from './listing.ts';
export { layerMembers } from './layer-members.ts';
export type { Layer } from './layer.ts';
export { mergeChanges } from './merge-changes.ts';
export { writeLayer } from './write-layer.ts';
export type { LayerOptions } from './write-layer.ts';
