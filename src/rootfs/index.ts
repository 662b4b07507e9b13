/** The file tree of a stage: looking things up in it and changing it, never leaving it. */
export { ArchiveUnpacker } from './archive-unpacker.ts';
export type { ArchiveBounds } from './archive-unpacker.ts';
export { applyMembers } from './apply-members.ts';
export { deviceMajor, deviceMinor } from './device-number.ts';
export { DiskRoot } from './disk-root.ts';
export { LayerUnpacker } from './layer-unpacker.ts';
export type { OwnershipEvent } from './ownership-event.ts';
export { removeTree } from './remove-tree.ts';
export { resolveInRoot } from './resolve-in-root.ts';
export type { ResolvedPath } from './resolve-in-root.ts';
export { resolveOwner, type OnUnknownName } from './resolve-owner.ts';
export type { OwnerIds } from './resolve-owner.ts';
export { resolveUser } from './resolve-user.ts';
export type { UserIdentity } from './resolve-user.ts';
export type { NodeStat, RootView } from './root-view.ts';
export { TreeIndex } from './tree-index.ts';
export type { UnpackOptions } from './unpack-options.ts';
export { readXattrs } from './xattrs.ts';
