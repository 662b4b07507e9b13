/** One pull or push as a process of its own, to be measured: `pull REFERENCE DIRECTORY`, `push LAYOUT REFERENCE`; `warm` does nothing. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fromText } from '../src/bytes/index.ts';
import { copyBlob, DirectoryStore } from '../src/content/index.ts';
import { openLayout, pushImage, readImage } from '../src/image/index.ts';
import { applyLayer } from '../src/layer/index.ts';
import { layerCompression } from '../src/oci/index.ts';
import { parseReference } from '../src/reference/index.ts';
import { silentReporter } from '../src/report/index.ts';
import { LayerUnpacker } from '../src/rootfs/index.ts';
import { openSession } from '../test/support/registry-session.ts';

const AMD64 = { os: 'linux', architecture: 'amd64' };
const [, , command, from = '', to = ''] = process.argv;
const session = openSession();
if (command === 'pull') await pull(from, to);
if (command === 'push') await push(from, to);
await session.close();

/** As a build does it: layers into the store, then out of the store into a tree. */
async function pull(reference: string, directory: string): Promise<void> {
  const { repository, descriptor, bytes } = await session.client.resolve(parseReference(reference));
  const image = await readImage(repository, { descriptor, bytes }, AMD64);
  const store = new DirectoryStore(join(directory, 'store'));
  const root = join(directory, 'root');
  mkdirSync(root);
  const fetched = image.layers.map((layer) => copyBlob(repository, store, layer.descriptor));
  for (const [number, { descriptor: layer, diffId }] of image.layers.entries()) {
    await fetched[number];
    const unpacker = new LayerUnpacker(fromText(root));
    await applyLayer(store.open(layer), layerCompression(layer.mediaType) ?? 'gzip', diffId, unpacker);
    unpacker.finish();
  }
}

async function push(layout: string, reference: string): Promise<void> {
  const { source, root } = await openLayout({ directory: layout, tag: 'v1' });
  const image = await readImage(source, root, AMD64);
  await pushImage(image, source, session.repository(reference), { tags: ['v1'], reporter: silentReporter() });
}
