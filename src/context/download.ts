import { createHash, randomUUID } from 'node:crypto';
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { BuildError, redact } from '../errors/index.ts';
import {
  type HttpClient,
  type HttpRequest,
  type HttpResponse,
  retrying,
  type RetryOptions,
  withRetries,
} from '../http/index.ts';
import { parseHttpDate } from './http-date.ts';

export interface DownloadRequest {
  /** http or https. */
  readonly url: string;
  /** An existing directory for the file. */
  readonly directory: string;
  /** `algorithm:hex` what the file must hash to. */
  readonly checksum?: string | undefined;
  /** A larger file is not taken; any size is where absent. */
  readonly limitBytes?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** How failures that may pass are met; the usual waits where absent. */
  readonly retries?: RetryOptions | undefined;
}

export interface Download {
  /** The file, under a name of no meaning. */
  readonly path: string;
  readonly size: number;
  /** The server's Last-Modified in seconds since the epoch; undefined where it said none. */
  readonly lastModified?: number | undefined;
  /** `sha256:hex` of the file. */
  readonly digest: `sha256:${string}`;
  /** The server's validator for it, not told apart whether it is a weak one; undefined where it gave none. */
  readonly etag?: string | undefined;
}

/**
 * Fetches a file whole. Names the server proposes are ignored, as in BuildKit. Throws CONTEXT for other URLs and for
 * answers that are no success, NETWORK where the file does not arrive whole, CONTENT where it is not the expected one;
 * nothing is left in the directory then. Messages show no credentials.
 */
export async function downloadFile(http: HttpClient, request: DownloadRequest): Promise<Download> {
  checkUrl(request.url);
  const options = { ...request.retries, signal: request.signal };
  // A connection that breaks in the middle is as good a reason to begin again as one that is refused.
  return retrying(async () => {
    const get = { method: 'GET', url: request.url, signal: request.signal };
    const response = await withRetries(() => http.request(get), options);
    return store(await successful(response, request.url), request);
  }, options);
}

/**
 * The same, unless the server says that the file is still the one it gave this validator to: undefined then, and no byte of
 * it was sent. Asked by HEAD first, as some servers take no notice of conditions, and by a condition where that does not
 * tell. A weak validator counts as a strong one. All as in BuildKit.
 */
export async function downloadIfChanged(
  http: HttpClient,
  request: DownloadRequest,
  etag: string,
): Promise<Download | undefined> {
  checkUrl(request.url);
  if (await isStill(http, request, etag)) return undefined;
  const options = { ...request.retries, signal: request.signal };
  return retrying(async () => {
    const get = { ...conditional(request, etag), method: 'GET' };
    const response = await withRetries(() => http.request(get), options);
    if (response.status !== 304) return store(await successful(response, request.url), request);
    await response.discard();
    return (etagOf(response) ?? etag) === etag ? undefined : downloadFile(http, request);
  }, options);
}

/** What HEAD says; false where it does not tell. */
async function isStill(http: HttpClient, request: DownloadRequest, etag: string): Promise<boolean> {
  try {
    const response = await http.request({ ...conditional(request, etag), method: 'HEAD' });
    await response.discard();
    // The answer to a condition with one validator is about that one.
    if (response.status === 304) return (etagOf(response) ?? etag) === etag;
    return response.status === 200 && etagOf(response) === etag;
  } catch {
    request.signal?.throwIfAborted();
    return false;
  }
}

function conditional(
  { url, signal }: DownloadRequest,
  etag: string,
): Pick<HttpRequest, 'url' | 'signal' | 'headers'> {
  return { url, signal, headers: { 'if-none-match': etag } };
}

function etagOf(response: HttpResponse): string | undefined {
  const etag = (response.header('etag') ?? '').replace(/^W\//, '');
  return etag === '' || etag.length > 1024 ? undefined : etag;
}

function checkUrl(url: string): void {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new BuildError('CONTEXT', `cannot download ${redact(url)}: it is no http or https URL`);
  }
}

async function successful(response: HttpResponse, url: string): Promise<HttpResponse> {
  if (response.status >= 200 && response.status < 300 && response.status !== 206) return response;
  await response.discard();
  throw new BuildError('CONTEXT', `cannot download ${redact(url)}: the server answered ${response.status}`, {
    hint: 'check the URL; a URL that needs a login can be fetched in a RUN instruction with a secret',
  });
}

async function store(response: HttpResponse, request: DownloadRequest): Promise<Download> {
  const path = join(request.directory, `download-${randomUUID()}`);
  try {
    const { size, digest, checksum } = await write(response, path, request);
    checkSize(response, size, request.url);
    if (request.checksum !== undefined && checksum !== request.checksum) {
      throw new BuildError(
        'CONTENT',
        `digest mismatch for ${redact(request.url)}: ${checksum} (expected: ${request.checksum})`,
        { hint: 'the file changed since --checksum was written, or something on the way changed it' },
      );
    }
    const lastModified = parseHttpDate(response.header('last-modified') ?? '');
    return { path, size, digest, lastModified, etag: etagOf(response) };
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  }
}

async function write(
  response: HttpResponse,
  path: string,
  { checksum, limitBytes = Number.POSITIVE_INFINITY, url }: DownloadRequest,
): Promise<{ readonly size: number; readonly digest: `sha256:${string}`; readonly checksum: string }> {
  const algorithm = checksum?.split(':')[0] ?? 'sha256';
  const sha256 = createHash('sha256');
  const asked = algorithm === 'sha256' ? undefined : createHash(algorithm);
  const descriptor = openSync(path, 'wx', 0o600);
  let size = 0;
  try {
    for await (const chunk of response.body) {
      size += chunk.length;
      if (size > limitBytes) throw tooLarge(url, limitBytes);
      sha256.update(chunk);
      asked?.update(chunk);
      for (let done = 0; done < chunk.length;) done += writeSync(descriptor, chunk, done);
    }
  } finally {
    closeSync(descriptor);
  }
  const digest = `sha256:${sha256.digest('hex')}` as const;
  return { size, digest, checksum: asked === undefined ? digest : `${algorithm}:${asked.digest('hex')}` };
}

function tooLarge(url: string, limitBytes: number): BuildError {
  return new BuildError('CONTEXT', `cannot download ${redact(url)}: it has more than ${limitBytes} bytes`);
}

function checkSize(response: HttpResponse, size: number, url: string): void {
  const announced = response.header('content-length');
  if (announced === undefined || Number(announced) === size) return;
  throw new BuildError('NETWORK', `${redact(url)} was cut off: ${size} of ${announced} bytes arrived`);
}
