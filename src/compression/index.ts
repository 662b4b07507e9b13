/** Compressed data as plain bytes: gzip, bzip2, xz and zstd, told apart by their first bytes. */
export { ByteQueue } from './byte-queue.ts';
export { decompress } from './decompress.ts';
