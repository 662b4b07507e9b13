/** distribution-spec asks registries to take manifests of 4 MiB; a larger one is no image's. */
export const MANIFEST_LIMIT_BYTES = 4 * 1024 * 1024;

/** Configs hold a history entry per instruction; the largest seen in the wild are far below 1 MiB. */
export const CONFIG_LIMIT_BYTES = 8 * 1024 * 1024;

/** An index of indexes is allowed (image-spec image-index.md); real ones are at most two deep. */
export const INDEX_DEPTH_LIMIT = 4;

/** Children without a platform must be opened to learn theirs; nobody is made to open more than this. */
export const UNLABELLED_CHILDREN_LIMIT = 16;
