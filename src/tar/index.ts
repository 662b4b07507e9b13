/** Tar archives as typed entries, exact to the byte: own codec for layers (ustar, PAX, GNU names). */
export { NO_XATTRS } from './entry.ts';
export type { ContentSource, EntryType, TarEntry, TarMember } from './entry.ts';
export { bothHandlers } from './both-handlers.ts';
export type { TarHandler } from './handler.ts';
export { DEFAULT_TAR_LIMITS } from './limits.ts';
export type { TarLimits } from './limits.ts';
export { cutChunks } from './cut-chunks.ts';
export { encodeHeader } from './encode-header.ts';
export { beginsTar, TAR_HEAD_BYTES } from './begins-tar.ts';
export { TarParser } from './tar-parser.ts';
export { packArchive } from './pack-archive.ts';
export type { PackedFile } from './pack-archive.ts';
export { TAR_CHUNK_BYTES, tarStream } from './tar-stream.ts';
