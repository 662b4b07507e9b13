import { type Outcome } from './answer.ts';
import { refusal } from './auth.ts';
import { type BlobFiles } from './blob-files.ts';
import { findFault } from './faults.ts';
import { missing, type Question, type Shelves } from './handle.ts';

/** How a registry departs from the letter of distribution-spec when blobs are pushed to it. */
export interface UploadDialect {
  /** Changes every Location; undefined leaves it out. `step` is the request it answers. */
  readonly location?: (location: string, step: 'start' | 'patch') => string | undefined;
  /** What Range says after a PATCH and in the status of an upload, by the bytes received. */
  readonly range?: (received: number) => string | undefined;
  /** Announced in OCI-Chunk-Min-Length; smaller chunks are refused, unless they are the last. */
  readonly minChunk?: number;
  /** Larger ones with a Content-Range are refused with 416. */
  readonly maxChunk?: number;
  /** The status every PATCH is refused with. */
  readonly refusesPatch?: number;
  /** The status a PATCH with Content-Range is refused with. */
  readonly refusesRanges?: number;
  /** The status a PUT with bytes is refused with. */
  readonly refusesMonolithic?: number;
  /** The status a PUT is refused with that brings all bytes; the last chunk may come with it. */
  readonly refusesWhole?: number;
  /** The status a PUT without bytes is refused with, unless the blob is empty. */
  readonly refusesEmptyPut?: number;
  /** Only this much of every first PATCH of an upload is kept. */
  readonly keepsOfFirstPatch?: number;
  /** A POST for a blob that is there already, named by `digest` or not, is answered with 201. */
  readonly knowsBlobs?: boolean;
  /** Uploads are forgotten after so many PATCHes, the first time. */
  readonly forgetsAfter?: number;
}

/** PATCHes taken so far by upload, the size of the last, and whether an upload was forgotten yet. */
interface Patches {
  forgot: boolean;
  readonly counts: Map<string, number>;
  readonly last: Map<string, number>;
}
const patches = new WeakMap<BlobFiles, Patches>();

function patchesOf(files: BlobFiles): Patches {
  const known = patches.get(files) ?? { forgot: false, counts: new Map(), last: new Map() };
  patches.set(files, known);
  return known;
}

/** Does what a request of an upload asks for; undefined where the connection was broken on purpose. */
export async function handleUpload(
  question: Question,
  shelves: Shelves,
  dialect: UploadDialect,
): Promise<Outcome | undefined> {
  const { logged, url } = question;
  const { repository, name } = logged;
  const { catalogue, files } = shelves;
  switch (logged.step) {
    case 'upload-mount':
      if (!catalogue.hasBlob(url.searchParams.get('from') ?? '', url.searchParams.get('mount') ?? ''))
        return started(repository, files.begin(), dialect);
      return stored(shelves, repository, url.searchParams.get('mount') ?? '');
    case 'upload-start':
      if (dialect.knowsBlobs === true) return stored(shelves, repository, '');
      return started(repository, files.begin(), dialect);
    case 'upload-patch':
      return patch(question, files, dialect);
    case 'upload-status':
      return { ...progress(question, files, dialect), status: 204 };
    case 'upload-put':
      return put(question, shelves, dialect);
    default:
      files.drop(name);
      return { status: 204 };
  }
}

async function patch(
  question: Question,
  files: BlobFiles,
  dialect: UploadDialect,
): Promise<Outcome | undefined> {
  const { logged } = question;
  const refused = refusedPatch(question, files, dialect);
  if (refused !== undefined) {
    question.message.resume();
    return refused;
  }
  const state = patchesOf(files);
  const count = (state.counts.get(logged.name) ?? 0) + 1;
  state.counts.set(logged.name, count);
  state.last.set(logged.name, Number(logged.headers['content-length'] ?? 0));
  const keep = count === 1 ? (dialect.keepsOfFirstPatch ?? Infinity) : Infinity;
  if (!(await receive(question, files, keep))) return undefined;
  if (dialect.forgetsAfter === count && !state.forgot) {
    state.forgot = true;
    files.drop(logged.name);
  }
  return files.received(logged.name) === undefined
    ? { status: 202, headers: { location: `/v2/${logged.repository}/blobs/uploads/${logged.name}` } }
    : progress(question, files, dialect);
}

function refusedPatch({ logged }: Question, files: BlobFiles, dialect: UploadDialect): Outcome | undefined {
  const received = files.received(logged.name);
  if (received === undefined) return missing('BLOB_UPLOAD_UNKNOWN');
  if (dialect.refusesPatch !== undefined) return refusal(dialect.refusesPatch, 'UNSUPPORTED', 'no PATCH', {});
  const range = logged.headers['content-range'];
  if (range === undefined) return undefined;
  if (dialect.refusesRanges !== undefined)
    return refusal(dialect.refusesRanges, 'UNSUPPORTED', 'no ranges', {});
  const [, first, last] = /^(\d+)-(\d+)$/.exec(String(range)) ?? [];
  const length = Number(last) - Number(first) + 1;
  const before = patchesOf(files).last.get(logged.name) ?? Infinity;
  if (before < (dialect.minChunk ?? 0))
    return refusal(416, 'SIZE_INVALID', 'the chunk before was too small', {});
  const misplaced = Number(first) !== received || length !== Number(logged.headers['content-length']);
  if (misplaced || length > (dialect.maxChunk ?? Infinity))
    return refusal(416, 'RANGE_INVALID', 'not this range', {});
  return undefined;
}

async function put(
  question: Question,
  shelves: Shelves,
  dialect: UploadDialect,
): Promise<Outcome | undefined> {
  const { message, logged, url } = question;
  const { files } = shelves;
  const length = Number(logged.headers['content-length'] ?? 0);
  const before = files.received(logged.name);
  const withBytes =
    before === 0 ? (dialect.refusesWhole ?? dialect.refusesMonolithic) : dialect.refusesMonolithic;
  const status = length > 0 ? withBytes : before === 0 ? undefined : dialect.refusesEmptyPut;
  if (status !== undefined) {
    message.resume();
    return refusal(status, 'UNSUPPORTED', 'not by this PUT', {});
  }
  if (!(await receive(question, files, Infinity))) return undefined;
  if (files.received(logged.name) === undefined) return missing('BLOB_UPLOAD_UNKNOWN');
  const digest = files.finish(logged.name);
  if (digest === url.searchParams.get('digest')) return stored(shelves, logged.repository, digest);
  return refusal(400, 'DIGEST_INVALID', `got ${digest}`, {});
}

/** Takes an upload's bytes, at most `keep`; false where the connection was broken on purpose. */
async function receive(
  { message, logged, faults }: Question,
  files: BlobFiles,
  keep: number,
): Promise<boolean> {
  const cut = findFault(faults, 'cut')?.after ?? Infinity;
  let kept = 0;
  for await (const data of message) {
    const chunk = (data as Buffer).subarray(0, keep - kept);
    kept += chunk.length;
    logged.body += (data as Buffer).length;
    files.append(logged.name, chunk);
    if (logged.body < cut) continue;
    message.socket.destroy();
    return false;
  }
  return true;
}

function stored({ catalogue }: Shelves, repository: string, digest: string): Outcome {
  if (digest !== '') catalogue.addBlob(repository, digest);
  const headers = { location: `/v2/${repository}/blobs/${digest}` };
  return { status: 201, headers: digest === '' ? headers : { ...headers, 'docker-content-digest': digest } };
}

function started(repository: string, upload: string, dialect: UploadDialect): Outcome {
  const location = `/v2/${repository}/blobs/uploads/${upload}?_state=a%2Fb%3D`;
  const minimum = dialect.minChunk === undefined ? {} : { 'oci-chunk-min-length': String(dialect.minChunk) };
  const headers = { ...located(location, 'start', dialect), ...minimum };
  return { status: 202, headers: { ...headers, range: '0-0', 'docker-upload-uuid': upload } };
}

function progress({ logged }: Question, files: BlobFiles, dialect: UploadDialect): Outcome {
  const received = files.received(logged.name);
  if (received === undefined) return missing('BLOB_UPLOAD_UNKNOWN');
  const location = `/v2/${logged.repository}/blobs/uploads/${logged.name}?_state=${received}`;
  const rangeOf = dialect.range ?? ((bytes: number) => `0-${Math.max(0, bytes - 1)}`);
  const range = rangeOf(received);
  return {
    status: 202,
    headers: { ...located(location, 'patch', dialect), ...(range === undefined ? {} : { range }) },
  };
}

function located(location: string, step: 'start' | 'patch', dialect: UploadDialect): Record<string, string> {
  const changed = dialect.location === undefined ? location : dialect.location(location, step);
  return changed === undefined ? {} : { location: changed };
}
