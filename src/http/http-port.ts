/** A body in memory, or a function that starts the stream anew for each attempt. */
export type HttpBody = Uint8Array | (() => AsyncIterable<Uint8Array>);

export interface HttpRequest {
  readonly method: string;
  /** http or https; credentials in it become an Authorization header. */
  readonly url: string;
  /** Names in any case. All but harmless ones are dropped when a redirect leaves the origin. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: HttpBody | undefined;
  /** Bytes of a streamed body; it is sent in chunks of unknown length where absent. */
  readonly bodyLength?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** False accepts any certificate. True where absent. */
  readonly verifyTls?: boolean | undefined;
  /** `follow` where absent. */
  readonly redirects?: 'follow' | 'manual' | undefined;
  /** `none` goes straight to the server, whatever proxies there are: metadata services of clouds are on the machine's own link. */
  readonly proxy?: 'none' | undefined;
  /** URL of the server that named this one, where it was not the user: it may not lead us to internal addresses. */
  readonly cameFrom?: string | undefined;
}

export interface HttpResponse {
  readonly status: number;
  /** The value of a header, several joined by ", ". */
  header(name: string): string | undefined;
  /** Where the answer came from, after redirects. */
  readonly url: string;
  /** The bytes as sent: never decompressed. May be read once; throws NETWORK where the connection breaks. */
  readonly body: AsyncIterable<Uint8Array>;
  /** The whole body as UTF-8; throws NETWORK where it has more than `limitBytes`. */
  text(limitBytes: number): Promise<string>;
  /** The whole body; throws NETWORK where it has more than `limitBytes`. */
  bytes(limitBytes: number): Promise<Buffer>;
  /** Frees the connection without reading what is left. */
  discard(): Promise<void>;
}

export interface HttpClient {
  /** Sends a request; any status is a success. Throws NETWORK where no answer comes, CANCELLED after an abort. */
  request(request: HttpRequest): Promise<HttpResponse>;
  /** Ends all connections. */
  close(): Promise<void>;
}
