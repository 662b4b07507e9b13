/** How long a connection, TLS included, may take. */
export const CONNECT_TIMEOUT_MS = 15_000;
/** How long an answer to a question may take. */
export const READ_TIMEOUT_MS = 60_000;
/** How long an answer to an upload may take: registries hash large blobs before they answer. */
export const WRITE_TIMEOUT_MS = 300_000;
/** How long a body may stand still. */
export const BODY_TIMEOUT_MS = 60_000;
/** All headers of one answer; signed addresses of storage take a few KiB. */
export const MAX_HEADER_BYTES = 32 * 1024;
/** Redirects followed for one request, as curl and browsers do within a factor of two. */
export const MAX_REDIRECTS = 10;
/** Bytes read from a body nobody wants, to keep its connection usable; more costs more than a new connection. */
export const MAX_DISCARD_BYTES = 64 * 1024;
