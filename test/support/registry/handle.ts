import { type IncomingMessage } from 'node:http';
import { refusal } from './auth.ts';
import { type Outcome } from './answer.ts';
import { type BlobFiles } from './blob-files.ts';
import { type Catalogue } from './catalogue.ts';
import { type Fault, findFault } from './faults.ts';
import { type LoggedRequest } from './route.ts';
import { handleUpload, type UploadDialect } from './uploads.ts';

export interface Shelves {
  readonly files: BlobFiles;
  readonly catalogue: Catalogue;
}

export interface Question {
  readonly message: IncomingMessage;
  readonly logged: LoggedRequest;
  readonly url: URL;
  readonly faults: readonly Fault[];
}

/** Does what a request asks for; undefined where the connection was broken on purpose. */
export async function handle(
  question: Question,
  shelves: Shelves,
  dialect: UploadDialect,
): Promise<Outcome | undefined> {
  const { logged } = question;
  const { repository, name } = logged;
  const { catalogue } = shelves;
  switch (logged.step) {
    case 'ping':
      return { status: 200, body: '{}' };
    case 'tags': {
      const tags = catalogue.tags(repository);
      return tags === undefined ? missing('NAME_UNKNOWN') : json({ name: repository, tags });
    }
    case 'manifest-get':
    case 'manifest-head':
      return getManifest(question, catalogue);
    case 'manifest-put':
      return putManifest(question, catalogue);
    case 'manifest-delete':
      return catalogue.removeManifest(repository, name) ? { status: 202 } : missing('MANIFEST_UNKNOWN');
    case 'blob-get':
    case 'blob-head':
      return getBlob(question, shelves);
    case 'blob-delete':
      return catalogue.removeBlob(repository, name) ? { status: 202 } : missing('BLOB_UNKNOWN');
    case 'upload-mount':
    case 'upload-start':
    case 'upload-patch':
    case 'upload-status':
    case 'upload-put':
    case 'upload-delete':
      return handleUpload(question, shelves, dialect);
    case 'token':
    case 'unknown':
      return missing('UNSUPPORTED');
  }
}

function getManifest({ logged }: Question, catalogue: Catalogue): Outcome {
  const found = catalogue.manifest(logged.repository, logged.name);
  if (found === undefined) return missing('MANIFEST_UNKNOWN');
  const headers = {
    'content-type': found.mediaType,
    'content-length': String(found.bytes.length),
    'docker-content-digest': found.digest,
  };
  return { status: 200, headers, body: found.bytes };
}

async function putManifest({ logged, message }: Question, catalogue: Catalogue): Promise<Outcome> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) {
    chunks.push(chunk as Buffer);
    logged.body += (chunk as Buffer).length;
  }
  const bytes = Buffer.concat(chunks);
  const unknown = referencedBlobs(bytes).filter((digest) => !catalogue.hasBlob(logged.repository, digest));
  if (unknown.length > 0) return { ...refusal(400, 'MANIFEST_BLOB_UNKNOWN', unknown.join(' '), {}) };
  const mediaType = logged.headers['content-type'];
  const digest = catalogue.putManifest(logged.repository, logged.name, {
    mediaType: typeof mediaType === 'string' ? mediaType : '',
    bytes,
  });
  if (logged.name.includes(':') && logged.name !== digest) return refusal(400, 'DIGEST_INVALID', digest, {});
  const location = `/v2/${logged.repository}/manifests/${digest}`;
  return { status: 201, headers: { location, 'docker-content-digest': digest } };
}

function referencedBlobs(bytes: Buffer): string[] {
  const manifest = JSON.parse(bytes.toString('utf8')) as {
    config?: { digest: string };
    layers?: { digest: string }[];
  };
  const blobs = [...(manifest.config === undefined ? [] : [manifest.config]), ...(manifest.layers ?? [])];
  return blobs.map(({ digest }) => digest);
}

function getBlob({ logged, faults }: Question, { files, catalogue }: Shelves): Outcome {
  const digest = logged.name;
  const size = catalogue.hasBlob(logged.repository, digest) ? files.size(digest) : undefined;
  if (size === undefined) return missing('BLOB_UNKNOWN');
  const [, from] = /^bytes=(\d+)-$/.exec(String(logged.headers['range'] ?? '')) ?? [];
  const start = findFault(faults, 'no-range') === undefined ? Number(from ?? 0) : 0;
  const headers = { 'content-type': 'application/octet-stream', 'docker-content-digest': digest };
  if (start >= size && start > 0)
    return { status: 416, headers: { 'content-range': `bytes */${size}` }, body: '' };
  const length = { 'content-length': String(size - start) };
  const body = files.read(digest, start);
  if (start === 0) return { status: 200, headers: { ...headers, ...length }, body };
  const range = { 'content-range': `bytes ${start}-${size - 1}/${size}` };
  return { status: 206, headers: { ...headers, ...length, ...range }, body };
}

export function missing(code: string): Outcome {
  return refusal(404, code, 'not known to this registry', {});
}

function json(value: unknown): Outcome {
  return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) };
}
