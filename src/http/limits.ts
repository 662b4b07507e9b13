/** How long each part of an exchange may take, in milliseconds. */
export interface Timeouts {
  /** A connection, TLS included. */
  readonly connectMs: number;
  /** The answer to a question, up to its headers. */
  readonly answerMs: number;
  /** The answer to an upload once it is sent: registries hash large blobs before they answer. */
  readonly uploadAnswerMs: number;
  /** A body, of either side, may stand still. */
  readonly bodyMs: number;
}

export const DEFAULT_TIMEOUTS: Timeouts = {
  connectMs: 15_000,
  answerMs: 60_000,
  uploadAnswerMs: 300_000,
  bodyMs: 60_000,
};
/** A body that brings less than this in `bodyMs` of waiting is as good as stuck: 1 KiB a second, a modem is faster. */
export const MIN_BYTES_PER_SECOND = 1024;
/** All headers of one answer; signed addresses of storage take a few KiB. */
export const MAX_HEADER_BYTES = 32 * 1024;
/** Redirects followed for one request, as curl and browsers do within a factor of two. */
export const MAX_REDIRECTS = 10;
/** Bytes read from a body nobody wants, to keep its connection usable; more costs more than a new connection. */
export const MAX_DISCARD_BYTES = 64 * 1024;
