/** Image layers: from changes of a tree to a compressed blob, and from a blob back to entries. */
export { applyLayer } from './apply-layer.ts';
export type { LayerLimits } from './apply-layer.ts';
export { layerMembers } from './layer-members.ts';
export type { Layer } from './layer.ts';
export { mergeChanges } from './merge-changes.ts';
export { writeLayer } from './write-layer.ts';
export type { LayerOptions } from './write-layer.ts';
