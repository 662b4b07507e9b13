import { describe, expect, it } from 'vitest';
import {
  createDigester,
  Descriptor,
  digestHex,
  digestOf,
  ImageConfig,
  ImageManifest,
  isDigest,
  isIndexType,
  isManifestType,
  layerCompression,
  mediaTypes,
  parseDigest,
} from '../../../src/oci/index.ts';

const EMPTY = 'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const descriptor = { mediaType: mediaTypes.OCI_CONFIG, digest: EMPTY, size: 0 };

describe('digests', () => {
  it('are those of SHA-256', () => {
    expect(digestOf('')).toBe(EMPTY);
    const digester = createDigester();
    for (const part of ['hello', ' ', 'world']) digester.update(Buffer.from(part));
    expect(digester.digest()).toBe(digestOf('hello world'));
    expect(digestHex(digestOf(''))).toBe(EMPTY.slice(7));
  });

  it.each([
    '',
    'sha256:',
    EMPTY.slice(0, -1),
    `${EMPTY}0`,
    EMPTY.toUpperCase(),
    `sha512:${'0'.repeat(128)}`,
    `${EMPTY}\n`,
    `sha256:${'../'.repeat(21)}x`,
  ])('%j is none', (text) => {
    expect(isDigest(text)).toBe(false);
    expect(() => parseDigest(text)).toThrow(expect.objectContaining({ code: 'CONTENT' }));
  });

  it('are parsed', () => expect(parseDigest(EMPTY)).toBe(EMPTY));
});

describe('schemas', () => {
  it('keep unknown fields', () => {
    expect(Descriptor.parse({ ...descriptor, data: 'e30=' })).toEqual({ ...descriptor, data: 'e30=' });
    const manifest = { schemaVersion: 2, config: descriptor, layers: [], subject: descriptor };
    expect(ImageManifest.parse(manifest)).toEqual(manifest);
  });

  it.each([
    ['a negative size', { ...descriptor, size: -1 }],
    ['half a byte', { ...descriptor, size: 0.5 }],
    ['a size no number holds', { ...descriptor, size: 2 ** 60 }],
    ['a digest that is a path', { ...descriptor, digest: '../x' }],
    ['no media type', { ...descriptor, mediaType: undefined }],
  ])('refuse a descriptor with %s', (_what, value) => {
    expect(Descriptor.safeParse(value).success).toBe(false);
  });

  it('take configs as they are in the wild', () => {
    expect(ImageConfig.parse({})).toEqual({ architecture: '', os: 'linux' });
    const config = { architecture: 'amd64', os: 'linux', config: { Env: null, Env2: 1 }, history: null };
    expect(ImageConfig.parse(config)).toEqual(config);
    expect(ImageConfig.safeParse({ rootfs: { type: 'zip' } }).success).toBe(false);
  });
});

describe('media types', () => {
  it('tell manifests from indexes', () => {
    for (const type of [mediaTypes.OCI_INDEX, mediaTypes.DOCKER_INDEX])
      expect([isIndexType(type), isManifestType(type)]).toEqual([true, false]);
    for (const type of [mediaTypes.OCI_MANIFEST, mediaTypes.DOCKER_MANIFEST])
      expect([isIndexType(type), isManifestType(type)]).toEqual([false, true]);
  });

  it('tell how a layer is compressed', () => {
    expect(layerCompression(mediaTypes.DOCKER_LAYER_GZIP)).toBe('gzip');
    expect(layerCompression(mediaTypes.OCI_LAYER_ZSTD)).toBe('zstd');
    expect(layerCompression(mediaTypes.OCI_LAYER)).toBe('none');
    expect(layerCompression(mediaTypes.OCI_CONFIG)).toBeUndefined();
  });
});
