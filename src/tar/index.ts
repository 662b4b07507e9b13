/** Tar archives as typed entries, exact to the byte: own codec for layers (ustar, PAX, GNU names). */
export { NO_XATTRS } from './entry.ts';
export type { ContentSource, EntryType, TarEntry, TarMember } from './entry.ts';
export type { TarHandler } from './handler.ts';
