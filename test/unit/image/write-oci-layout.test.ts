import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DirectoryStore, memoryStore, readBlob, type IngestStore } from '../../../src/content/index.ts';
import { assembleImage, writeOciLayout, type Image } from '../../../src/image/index.ts';
import type { ImageIndex } from '../../../src/oci/index.ts';
import { addLayer, configOf } from '../../support/image-parts.ts';

let directory: string;
let from: IngestStore;
beforeEach(() => {
  directory = join(mkdtempSync(join(tmpdir(), 'layout-')), 'new', 'layout');
  from = memoryStore();
});
afterEach(() => rmSync(join(directory, '../..'), { recursive: true }));

async function imageOf(content: string): Promise<Image> {
  return assembleImage({ config: configOf(1), layers: [await addLayer(from, 'file', content)] });
}

const index = (): ImageIndex => JSON.parse(readFileSync(join(directory, 'index.json'), 'utf8')) as ImageIndex;
const names = (): (readonly [string | undefined, string])[] =>
  index().manifests.map(({ annotations, digest }) => [
    annotations?.['org.opencontainers.image.ref.name'],
    digest,
  ]);

describe('writeOciLayout', () => {
  it('writes marker, index and every blob, and nothing else', async () => {
    const image = await imageOf('a');
    await writeOciLayout({ images: [image] }, from, directory, { tags: ['1'] });
    expect(readdirSync(directory).sort()).toEqual(['blobs', 'index.json', 'oci-layout']);
    expect(readFileSync(join(directory, 'oci-layout'), 'utf8')).toBe('{"imageLayoutVersion":"1.0.0"}');
    expect(index()).toEqual({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.index.v1+json',
      manifests: [
        {
          ...image.descriptor,
          annotations: { 'org.opencontainers.image.ref.name': '1' },
          platform: { architecture: 'amd64', os: 'linux' },
        },
      ],
    });
    const store = new DirectoryStore(directory);
    const blobs = [image.descriptor, image.manifest.config, ...image.manifest.layers];
    for (const blob of blobs) expect((await readBlob(store, blob, blob.size)).length).toBe(blob.size);
    expect(readdirSync(join(directory, 'blobs/sha256'))).toHaveLength(3);
  });

  it('replaces an entry of the same name and keeps the others', async () => {
    const [a, b] = [await imageOf('a'), await imageOf('b')];
    await writeOciLayout({ images: [a] }, from, directory, { tags: ['1', '2'] });
    await writeOciLayout({ images: [b] }, from, directory, { tags: ['2', '3'] });
    expect(names()).toEqual([
      ['1', a.descriptor.digest],
      ['2', b.descriptor.digest],
      ['3', b.descriptor.digest],
    ]);
  });

  it('lists an image without names once', async () => {
    const [a, b] = [await imageOf('a'), await imageOf('b')];
    for (const image of [a, b, a]) await writeOciLayout({ images: [image] }, from, directory, { tags: [] });
    expect(names()).toEqual([
      [undefined, b.descriptor.digest],
      [undefined, a.descriptor.digest],
    ]);
  });

  it('keeps what others wrote into the index', async () => {
    const image = await imageOf('a');
    await writeOciLayout({ images: [image] }, from, directory, { tags: ['1'] });
    writeFileSync(
      join(directory, 'index.json'),
      JSON.stringify({ ...index(), annotations: { by: 'others' } }),
    );
    await writeOciLayout({ images: [image] }, from, directory, { tags: ['2'] });
    expect(index().annotations).toEqual({ by: 'others' });
    expect(names()).toHaveLength(2);
  });

  it('does not touch the index where a blob is missing', async () => {
    await writeOciLayout({ images: [await imageOf('a')] }, from, directory, { tags: ['1'] });
    const before = readFileSync(join(directory, 'index.json'));
    const image = await imageOf('b');
    await expect(
      writeOciLayout({ images: [image] }, memoryStore(), directory, { tags: ['1'] }),
    ).rejects.toMatchObject({
      code: 'CONTENT',
    });
    expect(readFileSync(join(directory, 'index.json'))).toEqual(before);
  });

  it.each([
    ['oci-layout', '{"imageLayoutVersion":"2.0.0"}'],
    ['index.json', '{"schemaVersion":2}'],
    ['index.json', 'not json'],
  ])('refuses a layout whose %s is %s', async (file, text) => {
    const image = await imageOf('a');
    await writeOciLayout({ images: [image] }, from, directory, { tags: ['1'] });
    writeFileSync(join(directory, file), text);
    await expect(writeOciLayout({ images: [image] }, from, directory, { tags: ['1'] })).rejects.toMatchObject(
      {
        code: 'IMAGE',
      },
    );
    expect(readFileSync(join(directory, file), 'utf8')).toBe(text);
  });

  it('says where a directory cannot be', async () => {
    const file = join(directory, '../..', 'file');
    writeFileSync(file, '');
    const write = writeOciLayout({ images: [await imageOf('a')] }, from, join(file, 'layout'), { tags: [] });
    await expect(write).rejects.toMatchObject({ code: 'FILESYSTEM' });
  });
});
