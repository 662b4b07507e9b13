import { describe, expect, it } from 'vitest';
import { buildInMemory } from '../../support/build-in-memory.ts';

const PATH = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const CREATED = '2026-01-02T03:04:05.600Z';
const configOf = async (...args: Parameters<typeof buildInMemory>) => (await buildInMemory(...args)).config;

describe('the config of an image', () => {
  it('made of nothing has a platform, a PATH and a working directory', async () => {
    expect(await configOf('FROM scratch\nLABEL a=1')).toEqual({
      architecture: 'amd64',
      os: 'linux',
      created: CREATED,
      config: { Env: [PATH], WorkingDir: '/', Labels: { a: '1' } },
      rootfs: { type: 'layers', diff_ids: [] },
      history: [
        { created: CREATED, created_by: 'LABEL a=1', comment: 'buildkit.dockerfile.v0', empty_layer: true },
      ],
    });
  });

  it('has the variant of the platform it is made for', async () => {
    const platform = { os: 'linux', architecture: 'arm', variant: 'v7' };
    expect(await configOf('FROM scratch\nLABEL a=1', { spec: { platform } })).toMatchObject(platform);
  });

  it('has no empty field', async () => {
    const images = {
      parent: {
        author: '',
        config: {
          User: '',
          Cmd: null,
          Entrypoint: [],
          Labels: {},
          Volumes: null,
          ArgsEscaped: false,
          WorkingDir: '',
          StopSignal: '',
          Env: null,
        },
      },
    };
    const config = await configOf('FROM parent', { images });
    expect(config.config).toEqual({ Env: [PATH] });
    expect(config).not.toHaveProperty('author');
  });

  it('hands on what it does not know, and the platform of the base', async () => {
    const images = {
      parent: {
        architecture: 'arm64',
        variant: 'v8',
        author: 'somebody',
        'os.version': '10',
        config: { Env: ['PATH=/x', 'NOVALUE', 'A=1'], Future: { x: 1 } },
        history: [{ created_by: 'before', empty_layer: true }],
      },
    };
    expect(await configOf('FROM parent\nENV A=2', { images })).toMatchObject({
      architecture: 'arm64',
      variant: 'v8',
      author: 'somebody',
      'os.version': '10',
      config: { Env: ['PATH=/x', 'NOVALUE', 'A=2'], Future: { x: 1 } },
      history: [{ created_by: 'before', empty_layer: true }, { created_by: 'ENV A=2' }],
    });
  });

  it.each([
    ['no config', { config: null }],
    ['neither config nor history', {}],
    ['nulls for lists', { config: { Env: null, Cmd: null }, history: null }],
  ])('is made of a base with %s', async (_what, parent) => {
    const config = await configOf('FROM parent\nLABEL a=1', { images: { parent } });
    expect(config).toMatchObject({ config: { Env: [PATH], Labels: { a: '1' } } });
    expect(config.history).toHaveLength(1);
  });

  it('loses rows of layers that the base does not have', async () => {
    const images = { parent: { history: [{ created_by: 'a layer that is not there' }] } };
    const { history } = await configOf('FROM parent', { images });
    expect(history).toEqual([{ created_by: 'a layer that is not there', empty_layer: true }]);
  });
});

describe('times', () => {
  it('are those of SOURCE_DATE_EPOCH where it is set', async () => {
    const config = await configOf('FROM scratch\nLABEL a=1', { spec: { sourceDateEpoch: 1_000_000_000 } });
    expect(config.created).toBe('2001-09-09T01:46:40Z');
    expect(config.history?.[0]?.created).toBe('2001-09-09T01:46:40Z');
  });

  it.each<[string, Record<string, string>, string]>([
    ['the default of a global ARG', {}, '2001-09-09T01:46:40Z'],
    ['no argument given empty', { SOURCE_DATE_EPOCH: '' }, '2026-01-02T03:04:05.600Z'],
  ])('are those of %s', async (_what, buildArgs, expected) => {
    const text = 'ARG SOURCE_DATE_EPOCH=1000000000\nFROM scratch\nLABEL a=1';
    expect((await configOf(text, { spec: { buildArgs } })).created).toBe(expected);
  });

  it('refuse a global ARG that is no time', async () => {
    await expect(configOf('ARG SOURCE_DATE_EPOCH=soon\nFROM scratch')).rejects.toThrow(
      'invalid SOURCE_DATE_EPOCH: soon',
    );
  });

  it('are the epoch with --reproducible, rows of the base too', async () => {
    const images = { parent: { created: CREATED, history: [{ created: CREATED, empty_layer: true }] } };
    const config = await configOf('FROM parent\nLABEL a=1', { images, spec: { reproducible: true } });
    expect(config.created).toBe('1970-01-01T00:00:00Z');
    expect(config.history?.map(({ created }) => created)).toEqual([
      '1970-01-01T00:00:00Z',
      '1970-01-01T00:00:00Z',
    ]);
  });

  it('give the same config each time where they are set', async () => {
    const build = () =>
      buildInMemory('FROM scratch\nCOPY a /b\nLABEL x=1', {
        files: { a: 'text' },
        spec: { sourceDateEpoch: 1 },
      });
    const [first, second] = [await build(), await build()];
    expect(second.config).toEqual(first.config);
    expect(second.layers).toEqual(first.layers);
  });
});
