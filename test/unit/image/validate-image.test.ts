import { beforeEach, describe, expect, it } from 'vitest';
import { memoryStore, type BlobSource, type IngestStore } from '../../../src/content/index.ts';
import { assembleImage, validateImage, type Image } from '../../../src/image/index.ts';
import { digestOf, mediaTypes, type ImageConfig } from '../../../src/oci/index.ts';
import { addBlob, addLayer, configOf } from '../../support/image-parts.ts';

let store: IngestStore;
beforeEach(() => void (store = memoryStore()));

async function stored(image: Image): Promise<Image> {
  await addBlob(store, image.manifestBytes, image.descriptor.mediaType);
  await addBlob(store, image.configBytes, mediaTypes.OCI_CONFIG);
  return image;
}

async function storedImage(config: ImageConfig = configOf(3)): Promise<Image> {
  const layers = [
    await addLayer(store, 'a', 'a', 'gzip'),
    await addLayer(store, 'b', 'b', 'none'),
    await addLayer(store, 'c', 'c', 'zstd'),
  ];
  return stored(assembleImage({ config, layers }));
}

describe('validateImage', () => {
  it('accepts an image whose every claim holds', async () => {
    await expect(validateImage(store, await storedImage())).resolves.toBeUndefined();
    const history = [{}, { empty_layer: true }, {}, {}];
    await expect(validateImage(store, await storedImage(configOf(3, { history })))).resolves.toBeUndefined();
    await expect(validateImage(store, await storedImage(configOf(0)))).resolves.toBeUndefined();
  });

  it('finds a history of another length', async () => {
    for (const count of [2, 4]) {
      await expect(validateImage(store, await storedImage(configOf(count)))).rejects.toMatchObject({
        code: 'IMAGE',
        message: expect.stringContaining(`history tells of ${count} layers, but it has 3`),
      });
    }
  });

  it('finds a missing platform', async () => {
    const image = await storedImage(configOf(3, { architecture: '' }));
    await expect(validateImage(store, image)).rejects.toMatchObject({ code: 'IMAGE' });
  });

  it('finds a wrong diff ID', async () => {
    const layer = { ...(await addLayer(store, 'a', 'a')), diffId: digestOf('other') };
    const image = await stored(assembleImage({ config: configOf(1), layers: [layer] }));
    await expect(validateImage(store, image)).rejects.toMatchObject({ code: 'CONTENT' });
  });

  it('finds damaged and missing blobs of every kind', async () => {
    const image = await storedImage();
    const blobs = [image.descriptor, image.manifest.config, ...image.manifest.layers];
    for (const { digest } of blobs) {
      const damaged: BlobSource = {
        open: (descriptor, signal) =>
          descriptor.digest === digest
            ? flipped(store.open(descriptor, signal))
            : store.open(descriptor, signal),
      };
      await expect(validateImage(damaged, image)).rejects.toMatchObject({ code: 'CONTENT' });
    }
    await expect(validateImage(memoryStore(), image)).rejects.toMatchObject({ code: 'CONTENT' });
  });

  it('finds a config or layers other than the stored ones', async () => {
    const image = await storedImage();
    await expect(validateImage(store, { ...image, configBytes: Buffer.from('{}') })).rejects.toMatchObject({
      code: 'IMAGE',
    });
    await expect(validateImage(store, { ...image, layers: image.layers.slice(1) })).rejects.toMatchObject({
      code: 'IMAGE',
    });
  });
});

/** A byte changed past the source's own check, as a disk might do it. */
async function* flipped(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    const copy = Buffer.from(chunk);
    const at = 4; // in a gzip header the time, which changes nothing that is unpacked
    copy.writeUInt8(copy.readUInt8(at) ^ 1, at);
    yield copy;
  }
}
