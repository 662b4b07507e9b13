import { verified } from '../content/index.ts';
import { BuildError } from '../errors/index.ts';
import { digestOf, type Descriptor, type Digest } from '../oci/index.ts';
import { isTag } from '../reference/index.ts';
import { deleteScope, pullScope, pushScope } from './auth/scope.ts';
import { type Connection } from './connection.ts';
import { type Access } from './endpoint.ts';
import { registryFailure, type Attempt } from './failure.ts';
import { deleteManifest, getManifest, headManifest, putManifest } from './manifests.ts';
import { publishManifest, type PublishOptions } from './publish-manifest.ts';
import { type BlobContent, type Repository } from './repository.ts';
import { listTags } from './tag-list.ts';
import { download } from './transfer/download.ts';
import { reportedPull } from './transfer/progress.ts';
import { SeekableContent } from './transfer/seekable-content.ts';
import { cancelUpload, mountBlob, startUpload } from './transfer/upload-session.ts';
import { uploadBlob } from './transfer/upload.ts';

/** A repository behind a connection. */
export function remoteRepository(
  connection: Connection,
  name: string,
  access: Access,
  options: PublishOptions,
): Repository {
  const { reporter } = options;
  const scopes = [access === 'push' ? pushScope(name) : pullScope(name)];
  const trying = (what: string): Attempt => ({ connection, repository: name, access, what });
  const has = (descriptor: Descriptor, signal?: AbortSignal): Promise<boolean> =>
    hasBlob(trying(`blob ${descriptor.digest}`), descriptor, scopes, signal);

  return {
    registry: connection.registry,
    name,
    has,
    open(descriptor, signal) {
      const chunks = download(trying(`blob ${descriptor.digest}`), descriptor, scopes, signal);
      return reportedPull(verified(descriptor, chunks), descriptor, reporter);
    },
    async put(descriptor, content, signal) {
      const attempt = trying(`upload of ${descriptor.digest}`);
      const open = typeof content === 'function' ? content : () => content;
      const sending = { attempt, descriptor, open, content: new SeekableContent(open), scopes, signal };
      await uploadBlob({ sending, repeatable: isRepeatable(content), has: () => has(descriptor, signal) });
    },
    getManifest: (tagOrDigest, signal) =>
      getManifest(trying(`manifest ${tagOrDigest}`), tagOrDigest, scopes, signal),
    async digestUnder(tag, signal) {
      const stated = await headManifest(trying(`manifest ${tag}`), tag, scopes, signal);
      return stated === 'unstated' ? undefined : stated;
    },
    async putManifest(descriptor, bytes, tag, signal) {
      checkManifest(descriptor, bytes, tag);
      const attempt = trying(`manifest ${tag ?? descriptor.digest}`);
      await publishManifest({ attempt, descriptor, bytes, tag, scopes, signal }, options);
    },
    async replaceTag(descriptor, bytes, tag, signal) {
      checkManifest(descriptor, bytes, tag);
      const attempt = trying(`manifest ${tag}`);
      const refused = await putManifest(attempt, descriptor, bytes, tag, scopes, signal);
      if (refused !== undefined) throw await registryFailure(refused, attempt);
    },
    tags: (after, signal) => listTags(trying('list of tags'), after, scopes, signal),
    removeManifest: (digest, signal) => removeWhereAllowed(trying(`removal of ${digest}`), digest, signal),
    async mount(descriptor, from, signal) {
      if (from.registry !== connection.registry || from.name === name) return false;
      const attempt = trying(`mount of ${descriptor.digest}`);
      return tryMount(attempt, descriptor, from.name, [...scopes, pullScope(from.name)], signal);
    },
    async checkPush(signal) {
      const attempt = trying('start of an upload');
      const session = await startUpload(attempt, scopes, signal);
      if (session !== 'stored') await cancelUpload(attempt, session, scopes);
    },
  };
}

/** A function starts anew at each call, an iterable unless it is an iterator itself or a stream. */
function isRepeatable(content: BlobContent): boolean {
  if (typeof content === 'function') return true;
  return !['next', 'pipe', 'getReader'].some((name) => name in content);
}

async function hasBlob(
  attempt: Attempt,
  descriptor: Descriptor,
  scopes: readonly string[],
  signal?: AbortSignal,
): Promise<boolean> {
  const target = `/v2/${attempt.repository}/blobs/${descriptor.digest}`;
  const response = await attempt.connection.send({ method: 'HEAD', target, scopes, signal });
  await response.discard();
  if (response.status === 200) return true;
  // 405: some proxies know no HEAD. The blob is sent then.
  if (response.status === 404 || response.status === 405) return false;
  throw await registryFailure(response, attempt);
}

/** Without the right to read the other repository a token server may refuse outright; the blob is uploaded then. */
async function tryMount(
  attempt: Attempt,
  descriptor: Descriptor,
  from: string,
  scopes: readonly string[],
  signal?: AbortSignal,
): Promise<boolean> {
  try {
    return await mountBlob(attempt, descriptor, from, scopes, signal);
  } catch (error) {
    if (error instanceof BuildError && error.code === 'REGISTRY_AUTH') return false;
    throw error;
  }
}

/** Few may remove: a token server may refuse outright. */
async function removeWhereAllowed(attempt: Attempt, digest: Digest, signal?: AbortSignal): Promise<boolean> {
  try {
    return await deleteManifest(attempt, digest, [deleteScope(attempt.repository)], signal);
  } catch (error) {
    if (error instanceof BuildError && error.code === 'REGISTRY_AUTH') return false;
    throw error;
  }
}

function checkManifest(descriptor: Descriptor, bytes: Uint8Array, tag: string | undefined): void {
  if (digestOf(bytes) !== descriptor.digest || bytes.length !== descriptor.size)
    throw new BuildError('INTERNAL', `a manifest does not match its descriptor ${descriptor.digest}`);
  if (tag !== undefined && !isTag(tag)) throw new BuildError('REFERENCE', `${JSON.stringify(tag)} is no tag`);
}
