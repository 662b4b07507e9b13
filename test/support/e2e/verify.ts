import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DirectoryStore } from '../../../src/content/index.ts';
import { readImage, validateImage, type Image } from '../../../src/image/index.ts';
import { platformOfMachine, type Descriptor, type Digest } from '../../../src/oci/index.ts';
import { succeed } from './execute.ts';
import { pullAndUnpack, UNPACK_TOOLS, type Unpacked } from './unpacked.ts';

/** Programs that judge images. */
export const VERIFY_TOOLS = [...UNPACK_TOOLS, 'buildah', 'unshare'];

export interface Verified {
  readonly image: Image;
  /** Removed by the caller. */
  readonly unpacked: Unpacked;
}

/**
 * Has skopeo, umoci and buildah accept an image of a plain HTTP registry, then derives every digest, diff ID and size
 * again ourselves. Throws what the first of them that refuses it says, and where `digest` is not what they saw.
 */
export async function verifyPushed(name: string, digest: Digest): Promise<Verified> {
  await inspect(name, digest);
  await buildahTakes(name);
  const unpacked = await pullAndUnpack(name);
  try {
    return { image: await validated(unpacked.layout, digest), unpacked };
  } catch (error) {
    unpacked.remove();
    throw error;
  }
}

async function inspect(name: string, digest: Digest): Promise<void> {
  const text = await succeed('skopeo', ['inspect', '--tls-verify=false', `docker://${name}`]);
  const { Digest: seen } = JSON.parse(text) as { readonly Digest: string };
  if (seen !== digest) throw new Error(`skopeo inspect saw ${seen}, the build told ${digest}`);
}

/** buildah keeps its store, and whatever it mounts, to itself. */
async function buildahTakes(name: string): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'ts-kaniko-buildah-'));
  try {
    const policy = join(directory, 'policy.json');
    writeFileSync(policy, '{"default":[{"type":"insecureAcceptAnything"}]}');
    const store = [
      '--storage-driver',
      'vfs',
      '--root',
      join(directory, 'root'),
      '--runroot',
      join(directory, 'run'),
    ];
    const from = ['from', '--tls-verify=false', '--signature-policy', policy, `docker://${name}`];
    await succeed('unshare', ['--mount', '--propagation', 'private', 'buildah', ...store, ...from]);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

async function validated(layout: string, digest: Digest): Promise<Image> {
  const index = JSON.parse(readFileSync(join(layout, 'index.json'), 'utf8')) as {
    readonly manifests: readonly [Descriptor];
  };
  const [{ mediaType, size, digest: copied }] = index.manifests;
  if (copied !== digest)
    throw new Error(`skopeo copy changed the image: ${copied}, the build told ${digest}`);
  const store = new DirectoryStore(layout);
  const source = {
    has: (descriptor: Descriptor) => store.has(descriptor),
    open: (descriptor: Descriptor) => store.open(descriptor),
    getManifest: (name: string) => Promise.reject(new Error(`${name}: the image is no index`)),
  };
  const bytes = readFileSync(store.pathOf(digest));
  const platform = platformOfMachine(process.arch);
  const image = await readImage(source, { descriptor: { mediaType, size, digest }, bytes }, platform);
  await validateImage(store, image);
  return image;
}
