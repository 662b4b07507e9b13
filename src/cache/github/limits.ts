/** Longest key the service takes, in characters. */
export const MAX_KEY_LENGTH = 512;
/** How long one call may take, the answer included: the service answers in well under a second. */
export const CALL_TIMEOUT_MS = 10_000;
/** An answer is two short texts; signed addresses take a few KiB. */
export const MAX_ANSWER_BYTES = 64 * 1024;
/** What is sent in one piece, and held in memory for another attempt. Azure takes 50,000 blocks: 390 GiB. */
export const BLOCK_BYTES = 8 * 1024 * 1024;
/** Blocks on their way at the same time: 32 MiB in memory. */
export const CONCURRENT_BLOCKS = 4;
/** How long one block may take either way: 8 MiB at 0.4 MiB/s. */
export const BLOCK_TIMEOUT_MS = 20_000;
/** What a build may lose in all to a service that does not answer as it should. */
export const MAX_LOST_MS = 20_000;
