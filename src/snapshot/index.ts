/** The tree of a stage between two steps: what a step runs in, and what it changed. Writing layers is src/layer's work. */
export type { Change } from './change.ts';
export { diskOwnership } from './disk-ownership.ts';
export { givenPaths, ignoreRule } from './ignore.ts';
export type { IgnoreRule } from './ignore.ts';
export type { LayerFeed, LayerSink } from './layer-feed.ts';
export { IndexRoot } from './index-root.ts';
export { Ledger } from './ledger/ledger.ts';
export { createOverlayMounter } from './overlay-mount.ts';
export type { OverlayMounter } from './overlay-mount.ts';
export { missingMountPoints } from './mount-points.ts';
export { OverlayRoot } from './overlay-root.ts';
export { createScratchCopies } from './scratch-copies.ts';
export type { ScratchCopies, ScratchCopy } from './scratch-copies.ts';
export { ScanRoot } from './scan-root.ts';
export type { MemberPlan, MountPoint, OpenedRoot, RunChanges, RunRoot, StageRoot } from './stage-root.ts';
export { aptSettingsTarget, BOUND_FILES, boundFileTarget } from './stubs.ts';
export type { OwnershipRecord, TreeOwnership } from './tree-ownership.ts';
