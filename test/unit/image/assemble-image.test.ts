import { describe, expect, it } from 'vitest';
import { memoryStore } from '../../../src/content/index.ts';
import { assembleImage, type ImageLayer } from '../../../src/image/index.ts';
import { digestOf, mediaTypes, type ImageConfig } from '../../../src/oci/index.ts';
import { addLayer, configOf } from '../../support/image-parts.ts';

const layer: ImageLayer = {
  descriptor: { mediaType: mediaTypes.DOCKER_LAYER_GZIP, digest: digestOf('blob'), size: 4 },
  diffId: digestOf('tar'),
};

const configText = (config: ImageConfig, layers: ImageLayer[] = []): string =>
  assembleImage({ config, layers }).configBytes.toString();

describe('assembleImage', () => {
  it('describes its own bytes', async () => {
    const added = await addLayer(memoryStore(), 'a', 'b');
    const image = assembleImage({ config: configOf(1), layers: [added] });
    expect(image.descriptor).toEqual({
      mediaType: mediaTypes.OCI_MANIFEST,
      digest: digestOf(image.manifestBytes),
      size: image.manifestBytes.length,
    });
    expect(image.manifest.config).toEqual({
      mediaType: mediaTypes.OCI_CONFIG,
      digest: digestOf(image.configBytes),
      size: image.configBytes.length,
    });
    expect(JSON.parse(image.manifestBytes.toString())).toEqual(image.manifest);
    expect(JSON.parse(image.configBytes.toString())).toEqual(image.config);
  });

  it('writes the manifest in the order of the Go struct, without spaces', () => {
    const image = assembleImage({ config: configOf(1), layers: [layer], annotations: { b: '2', a: '1' } });
    expect(image.manifestBytes.toString()).toBe(
      `{"schemaVersion":2,"mediaType":"${mediaTypes.OCI_MANIFEST}",` +
        `"config":{"mediaType":"${mediaTypes.OCI_CONFIG}","digest":"${digestOf(image.configBytes)}","size":${image.configBytes.length}},` +
        `"layers":[{"mediaType":"${mediaTypes.OCI_LAYER_GZIP}","digest":"${layer.descriptor.digest}","size":4}],` +
        '"annotations":{"a":"1","b":"2"}}',
    );
  });

  it('writes the config as BuildKit does: outermost fields sorted, inner ones in struct order, empty ones left out', () => {
    const config: ImageConfig = {
      variant: 'v7',
      os: 'linux',
      history: [{ empty_layer: true, comment: 'c', created_by: 'RUN', created: '1970-01-01T00:00:00Z' }, {}],
      architecture: 'arm',
      created: '1970-01-01T00:00:00Z',
      config: {
        Shell: ['/bin/bash'],
        Healthcheck: { Retries: 3, Interval: 0, Test: ['NONE'] },
        Labels: { z: '', a: 'x' },
        WorkingDir: '/',
        Cmd: [],
        Entrypoint: null,
        Env: ['A=1'],
        ExposedPorts: { '80/tcp': {}, '443/tcp': {} },
        User: '',
        Unknown: 1,
      },
    };
    expect(configText(config, [layer])).toBe(
      '{"architecture":"arm","config":{"ExposedPorts":{"443/tcp":{},"80/tcp":{}},"Env":["A=1"],"WorkingDir":"/",' +
        '"Labels":{"a":"x","z":""},"Healthcheck":{"Test":["NONE"],"Retries":3},"Shell":["/bin/bash"],"Unknown":1},' +
        '"created":"1970-01-01T00:00:00Z",' +
        '"history":[{"created":"1970-01-01T00:00:00Z","created_by":"RUN","comment":"c","empty_layer":true},{}],' +
        `"os":"linux","rootfs":{"type":"layers","diff_ids":["${layer.diffId}"]},"variant":"v7"}`,
    );
  });

  it('escapes what Go escapes', () => {
    const text = configText({ ...configOf(0), author: '<a & b>\u2028"\\\n\u0001é😀' });
    expect(text).toContain('"author":"\\u003ca \\u0026 b\\u003e\\u2028\\"\\\\\\n\\u0001é😀"');
  });

  it('sorts keys bytewise, numbers and characters beyond the first plane too', () => {
    const text = configText({
      ...configOf(0),
      config: { Labels: { '9': '', '10': '', '\uff5e': '', '😀': '' } },
    });
    expect(text).toContain('"Labels":{"10":"","9":"","\uff5e":"","😀":""}');
  });

  it('gives the same bytes for the same parts in another order', () => {
    const one = assembleImage({ config: { os: 'linux', architecture: 'amd64' }, layers: [layer] });
    const two = assembleImage({ config: { architecture: 'amd64', os: 'linux' }, layers: [layer] });
    expect(two.descriptor).toEqual(one.descriptor);
  });

  it.each([
    [mediaTypes.DOCKER_LAYER, mediaTypes.OCI_LAYER],
    [mediaTypes.DOCKER_LAYER_GZIP, mediaTypes.OCI_LAYER_GZIP],
    [mediaTypes.DOCKER_LAYER_ZSTD, mediaTypes.OCI_LAYER_ZSTD],
    [mediaTypes.OCI_LAYER_GZIP, mediaTypes.OCI_LAYER_GZIP],
  ])('makes %s %s', (from, to) => {
    const base = { ...layer.descriptor, mediaType: from, urls: ['http://x'], annotations: { toc: 'y' } };
    const image = assembleImage({ config: configOf(1), layers: [{ ...layer, descriptor: base }] });
    expect(image.manifest.layers).toEqual([
      { mediaType: to, digest: layer.descriptor.digest, size: 4, annotations: { toc: 'y' } },
    ]);
  });

  it('has no place for what is no layer', () => {
    const foreign = { ...layer.descriptor, mediaType: 'text/plain' };
    expect(() => assembleImage({ config: configOf(1), layers: [{ ...layer, descriptor: foreign }] })).toThrow(
      expect.objectContaining({ code: 'IMAGE' }),
    );
  });

  it('makes an image without layers', () => {
    const image = assembleImage({ config: configOf(0), layers: [] });
    expect(image.manifestBytes.toString()).toContain('"layers":[]');
    expect(image.configBytes.toString()).toContain('"diff_ids":[]');
  });
});
