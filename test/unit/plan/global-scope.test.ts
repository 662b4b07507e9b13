import { describe, expect, it } from 'vitest';
import { failure, fakeImages, planOf } from '../../support/planning.ts';

const globals = async (text: string, changes = {}) => {
  const { globals: scope } = await planOf(`${text}\nFROM base`, changes);
  return Object.fromEntries(scope);
};

describe('the global scope', () => {
  it('takes build arguments before defaults, and expands defaults with what stands before', async () => {
    const scope = await globals('ARG A=1\nARG B=${A}2 C=${B}3\nARG D', { buildArgs: { A: '9' } });
    expect(scope).toMatchObject({ A: '9', B: '92', C: '923' });
    expect(scope).not.toHaveProperty('D');
  });

  it('knows no argument that has the name of something every object has', async () => {
    const scope = await globals('ARG constructor\nARG toString=x');
    expect(scope).not.toHaveProperty('constructor', expect.any(String));
    expect(scope['toString']).toBe('x');
  });

  it('has an argument whose default is empty', async () => {
    expect(await globals('ARG A=')).toHaveProperty('A', '');
  });

  it('has the platforms, with empty values for the parts they lack', async () => {
    const platform = { os: 'linux', architecture: 'arm', variant: 'v7' };
    expect(await globals('', { platform })).toEqual({
      BUILDPLATFORM: 'linux/amd64',
      BUILDOS: 'linux',
      BUILDOSVERSION: '',
      BUILDVARIANT: '',
      BUILDARCH: 'amd64',
      TARGETPLATFORM: 'linux/arm/v7',
      TARGETOS: 'linux',
      TARGETOSVERSION: '',
      TARGETARCH: 'arm',
      TARGETVARIANT: 'v7',
      TARGETSTAGE: 'default',
    });
  });

  it('lets build arguments replace platform arguments, and empty them', async () => {
    const scope = await globals('', { buildArgs: { TARGETARCH: 'x', BUILDOS: '' } });
    expect(scope['TARGETARCH']).toBe('x');
    expect(scope['BUILDOS']).toBe('');
  });

  it.each([
    ['the one asked for', 'FROM base AS a\nFROM base AS b', { target: 'A' }, 'A'],
    ['the last one', 'FROM base AS a\nFROM base AS b', {}, 'b'],
    ['default where it has no name', 'FROM base AS a\nFROM base', {}, 'default'],
  ])('names the target stage: %s', async (_what, text, changes, name) => {
    expect((await planOf(text, changes)).globals.get('TARGETSTAGE')).toBe(name);
  });

  it('gives FROM its image and platform', async () => {
    const images = fakeImages({ 'base:2': {} });
    const plan = await planOf(
      'ARG V=1\nARG P=linux/arm64\nFROM --platform=$P base:${V}',
      { buildArgs: { V: '2' } },
      images,
    );
    expect(images.asked).toEqual(['base:2 linux/arm64']);
    expect(plan.target.platform).toEqual({ os: 'linux', architecture: 'arm64' });
  });

  it('tells where a default cannot be expanded', async () => {
    const error = await failure(planOf('ARG A=1\nARG B=${A:?set}${C:?gone}\nFROM base'));
    expect(error).toMatchObject({ location: { file: 'Dockerfile', line: 2 } });
    expect(error.message).toContain('gone');
  });

  it('tells where FROM has nothing left', async () => {
    const error = await failure(planOf('FROM base\nFROM $NOWHERE'));
    expect(error).toMatchObject({ code: 'DOCKERFILE_SEMANTICS', location: { line: 2 } });
    expect(error.message).toContain('base name ($NOWHERE) should not be blank');
  });
});
