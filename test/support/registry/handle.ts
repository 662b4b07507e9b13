import { type IncomingMessage } from 'node:http';
import { refusal } from './auth.ts';
import { type Outcome } from './answer.ts';
import { type BlobFiles } from './blob-files.ts';
import { type Catalogue } from './catalogue.ts';
import { type Fault, findFault } from './faults.ts';
import { type LoggedRequest } from './route.ts';

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
export async function handle(question: Question, shelves: Shelves): Promise<Outcome | undefined> {
  const { logged, url } = question;
  const { repository, name } = logged;
  const { catalogue, files } = shelves;
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
      if (!catalogue.hasBlob(url.searchParams.get('from') ?? '', url.searchParams.get('mount') ?? ''))
        return started(repository, files.begin());
      return stored(shelves, repository, url.searchParams.get('mount') ?? '');
    case 'upload-start':
      return started(repository, files.begin());
    case 'upload-patch':
      return (await receive(question, files)) ? progress(question, files) : undefined;
    case 'upload-status':
      return { ...progress(question, files), status: 204 };
    case 'upload-put':
      return (await receive(question, files)) ? finish(question, shelves) : undefined;
    case 'upload-delete':
      files.drop(name);
      return { status: 204 };
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

/** Takes an upload's bytes; false where the connection was broken on purpose. */
async function receive({ message, logged, faults }: Question, files: BlobFiles): Promise<boolean> {
  const cut = findFault(faults, 'cut')?.after ?? Infinity;
  for await (const chunk of message) {
    logged.body += (chunk as Buffer).length;
    files.append(logged.name, chunk as Buffer);
    if (logged.body < cut) continue;
    message.socket.destroy();
    return false;
  }
  return true;
}

function finish({ logged, url }: Question, shelves: Shelves): Outcome {
  const { files } = shelves;
  if (files.received(logged.name) === undefined) return missing('BLOB_UPLOAD_UNKNOWN');
  const digest = files.finish(logged.name);
  const expected = url.searchParams.get('digest');
  if (digest !== expected) return refusal(400, 'DIGEST_INVALID', `got ${digest}`, {});
  return stored(shelves, logged.repository, digest);
}

function stored({ catalogue }: Shelves, repository: string, digest: string): Outcome {
  catalogue.addBlob(repository, digest);
  const headers = { location: `/v2/${repository}/blobs/${digest}`, 'docker-content-digest': digest };
  return { status: 201, headers };
}

function started(repository: string, upload: string): Outcome {
  const location = `/v2/${repository}/blobs/uploads/${upload}?_state=a%2Fb%3D`;
  return { status: 202, headers: { location, range: '0-0', 'docker-upload-uuid': upload } };
}

function progress({ logged }: Question, files: BlobFiles): Outcome {
  const received = files.received(logged.name);
  if (received === undefined) return missing('BLOB_UPLOAD_UNKNOWN');
  const location = `/v2/${logged.repository}/blobs/uploads/${logged.name}?_state=next`;
  return { status: 202, headers: { location, range: `0-${Math.max(0, received - 1)}` } };
}

function missing(code: string): Outcome {
  return refusal(404, code, 'not known to this registry', {});
}

function json(value: unknown): Outcome {
  return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) };
}
