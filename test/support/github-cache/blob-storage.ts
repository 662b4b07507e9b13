import { type IncomingHttpHeaders } from 'node:http';
import { type Outcome } from '../registry/answer.ts';
import { addressFault } from './signed-address.ts';

/** What a request does, as far as faults tell requests apart. */
export type StorageStep = 'put-blob' | 'put-block' | 'put-block-list' | 'get-blob';

interface Blob {
  /** Undefined until something was committed. */
  bytes: Buffer | undefined;
  readonly blocks: Map<string, Buffer>;
}

/** Azure's block blobs, as far as caches use them: blobs, blocks, block lists, ranges, signed addresses. */
export class BlobStorage {
  readonly #blobs = new Map<string, Blob>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  step(method: string, url: URL): StorageStep {
    if (method !== 'PUT') return 'get-blob';
    const comp = url.searchParams.get('comp');
    if (comp === 'block') return 'put-block';
    return comp === 'blocklist' ? 'put-block-list' : 'put-blob';
  }

  bytes(path: string): Buffer | undefined {
    return this.#blobs.get(path)?.bytes;
  }

  /** Changes a blob behind everybody's back; undefined removes it. */
  change(path: string, change: (bytes: Buffer) => Buffer | undefined): void {
    const bytes = this.#blobs.get(path)?.bytes;
    if (bytes === undefined) return;
    const changed = change(bytes);
    if (changed === undefined) this.#blobs.delete(path);
    else this.#blobs.set(path, { bytes: changed, blocks: new Map() });
  }

  handle(step: StorageStep, url: URL, headers: IncomingHttpHeaders, body: Buffer): Outcome {
    // Azure refuses requests that are signed twice.
    if (headers.authorization !== undefined) return failure(403, 'AuthenticationFailed');
    const fault = addressFault(url, step === 'get-blob' ? 'r' : 'w', this.#now());
    if (fault !== undefined) return failure(403, fault);
    switch (step) {
      case 'put-blob':
        return this.#putBlob(url.pathname, headers, body);
      case 'put-block':
        return this.#putBlock(url.pathname, url.searchParams.get('blockid') ?? '', body);
      case 'put-block-list':
        return this.#putBlockList(url.pathname, body.toString('utf8'));
      case 'get-blob':
        return this.#get(url.pathname, headers.range);
    }
  }

  #putBlob(path: string, headers: IncomingHttpHeaders, body: Buffer): Outcome {
    if (headers['x-ms-blob-type'] !== 'BlockBlob') return failure(400, 'MissingRequiredHeader');
    this.#blobs.set(path, { bytes: body, blocks: new Map() });
    return { status: 201 };
  }

  #putBlock(path: string, id: string, body: Buffer): Outcome {
    const blob = this.#blobs.get(path) ?? { bytes: undefined, blocks: new Map<string, Buffer>() };
    const [other] = blob.blocks.keys();
    if (id === '' || Buffer.from(id, 'base64').length > 64) return failure(400, 'InvalidQueryParameterValue');
    if (other !== undefined && other.length !== id.length) return failure(400, 'InvalidBlobOrBlock');
    if (body.length === 0) return failure(400, 'InvalidHeaderValue');
    this.#blobs.set(path, blob);
    blob.blocks.set(id, body);
    return { status: 201 };
  }

  #putBlockList(path: string, list: string): Outcome {
    const blob = this.#blobs.get(path);
    const ids = [...list.matchAll(/<(?:Latest|Uncommitted)>([^<]*)</g)].map(([, id]) => id ?? '');
    const blocks = ids.map((id) => blob?.blocks.get(id));
    if (blob === undefined || blocks.some((block) => block === undefined))
      return failure(400, 'InvalidBlockList');
    blob.bytes = Buffer.concat(blocks.flatMap((block) => block ?? []));
    blob.blocks.clear();
    return { status: 201 };
  }

  #get(path: string, range: string | undefined): Outcome {
    const bytes = this.bytes(path);
    if (bytes === undefined) return failure(404, 'BlobNotFound');
    const common = { 'content-type': 'application/octet-stream', 'accept-ranges': 'bytes', etag: '"0x1"' };
    const [, first, last = ''] = /^bytes=(\d+)-(\d*)$/.exec(range ?? '') ?? [];
    if (first === undefined)
      return { status: 200, headers: { ...common, 'content-length': String(bytes.length) }, body: bytes };
    const start = Number(first);
    if (start >= bytes.length) return failure(416, 'InvalidRange');
    const part = bytes.subarray(start, last === '' ? bytes.length : Number(last) + 1);
    const place = `bytes ${start}-${start + part.length - 1}/${bytes.length}`;
    const headers = { ...common, 'content-length': String(part.length), 'content-range': place };
    return { status: 206, headers, body: part };
  }
}

function failure(status: number, code: string): Outcome {
  const body = `<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code></Error>`;
  return { status, headers: { 'x-ms-error-code': code, 'content-type': 'application/xml' }, body };
}
