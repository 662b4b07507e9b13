import { describe, expect, it } from 'vitest';
import { parseAnnotations } from '../../../../src/request/outputs/annotation.ts';
import { chooseOutputs, type OutputChoices } from '../../../../src/request/outputs/choose-outputs.ts';
import { formOf } from '../../../../src/request/outputs/image-form.ts';
import { DEFAULT_FORM } from '../../../../src/request/outputs/output.ts';
import { toBuildError, type BuildError } from '../../../../src/errors/index.ts';

function thrown(work: () => unknown): BuildError {
  try {
    work();
  } catch (error) {
    return toBuildError(error);
  }
  throw new Error('nothing was thrown');
}

const choose = (outputs: readonly string[], more: Partial<OutputChoices> = {}) =>
  chooseOutputs({ outputs, tags: [], push: false, noPush: false, form: DEFAULT_FORM, cwd: '/w', ...more });
const only = (output: string, more: Partial<OutputChoices> = {}) => choose([output], more).outputs[0];
const refused = (output: string, more: Partial<OutputChoices> = {}) => thrown(() => only(output, more));

describe('outputs', () => {
  it.each([
    ['out', { kind: 'local', directory: '/w/out' }],
    ['-', { kind: 'tar', to: { kind: 'stdout' } }],
    ['type=local,dest=/a', { kind: 'local', directory: '/a' }],
    ['type=local,dest=a,platform-split=false', { kind: 'local', directory: '/w/a', split: false }],
    ['type=tar,dest=-', { kind: 'tar', to: { kind: 'stdout' } }],
    ['type=tar,dest=f.tar', { kind: 'tar', to: { kind: 'file', path: '/w/f.tar' } }],
    ['type=docker,dest=f.tar,name=a/b:1', { kind: 'docker', to: { kind: 'file', path: '/w/f.tar' } }],
    ['type=oci,dest=f.tar', { kind: 'oci-archive', to: { kind: 'file', path: '/w/f.tar' } }],
    ['type=oci', { kind: 'oci-archive', to: { kind: 'stdout' } }],
    ['type=oci,tar=false,dest=d', { kind: 'oci-layout', directory: '/w/d', naming: 'buildkit' }],
    ['type=registry,name=r.io/a:1', { kind: 'registry', names: ['r.io/a:1'], byDigest: false }],
    ['type=image,"name=r.io/a,r.io/b:2",push=true', { kind: 'registry', names: ['r.io/a', 'r.io/b:2'] }],
    [
      'type=image,name=r.io/A,push=true,push-by-digest=true,name-canonical=true',
      { kind: 'registry', names: ['r.io/a'], byDigest: true },
    ],
  ])('%s', (text, expected) => {
    expect(only(text)).toMatchObject(expected);
  });

  it('say the form of their image, the rest is that of the build', () => {
    const form = formOf({ compression: 'zstd', level: '7' });
    const of = (text: string) => choose([text], { form }).outputs[0];
    expect(of('type=registry,name=a')).toMatchObject({
      form: { compression: 'zstd', level: 7, format: 'oci' },
    });
    expect(
      of('type=registry,name=a,compression=gzip,oci-mediatypes=false,force-compression=true'),
    ).toMatchObject({ form: { compression: 'gzip', level: undefined, format: 'docker', force: true } });
    expect(of('type=oci,compression=uncompressed')).toMatchObject({ form: { compression: 'none' } });
    expect(of('type=oci,compression-level=-1')).toMatchObject({ form: { level: undefined } });
  });

  it('carry annotations, whose keys keep their case', () => {
    const text =
      'type=oci,annotation.Key=a=b,annotation-index.k=v,annotation-manifest-descriptor[linux/arm64].k=w';
    expect(only(text)).toMatchObject({
      annotations: [
        { level: 'manifest', key: 'Key', value: 'a=b' },
        { level: 'index', key: 'k', value: 'v' },
        { level: 'manifest-descriptor', platform: 'linux/arm64', key: 'k', value: 'w' },
      ],
    });
  });

  it('are pushed to the tags where there are any', () => {
    const tags = ['r.io/a:1'];
    expect(choose(['type=image,name=x', 'out'], { tags, push: true })).toMatchObject({
      outputs: [{ kind: 'registry', names: tags }, { kind: 'local' }],
      tags,
      push: false,
    });
    expect(choose(['out'], { tags, push: true })).toMatchObject({ outputs: [{ kind: 'local' }], push: true });
    expect(choose(['type=registry,name=a'], { noPush: true, push: true })).toMatchObject({
      outputs: [],
      push: false,
    });
  });

  it('that keep an image nowhere are told of; cacheonly asks for nothing', () => {
    expect(choose(['type=image,name=a'])).toMatchObject({ outputs: [], tags: [] });
    expect(choose(['type=image,name=a']).warnings[0]).toContain('keeps the image nowhere');
    expect(choose(['type=cacheonly'])).toMatchObject({ outputs: [], warnings: [] });
    expect(choose(['type=oci,buildinfo=true,rewrite-timestamp=true']).warnings).toHaveLength(1);
  });

  it('name registries without encryption', () => {
    const text = 'type=registry,"name=h:5000/a,b:1",registry.insecure=true';
    expect(choose([text]).insecureRegistries).toEqual(['h:5000', 'docker.io']);
  });

  it.each([
    ['type=docker', 'UNSUPPORTED', 'loaded into docker'],
    ['type=oci,compression=estargz', 'UNSUPPORTED', 'estargz'],
    ['type=image,store=true', 'UNSUPPORTED', 'store'],
    ['type=image,unpack=true', 'UNSUPPORTED', 'unpack'],
    ['type=oci,compression=zstd,oci-mediatypes=false', 'USAGE', 'zstd'],
    ['type=oci,compression-level=10', 'USAGE', 'level'],
    ['type=oci,colour=red', 'USAGE', '"colour"'],
    ['type=moon', 'USAGE', '"moon"'],
    ['dest=a,name=b', 'USAGE', 'type is missing'],
    ['type=local', 'USAGE', 'directory'],
    ['type=local,dest=-', 'USAGE', 'directory'],
    ['type=oci,dest', 'USAGE', 'no value'],
    ['type=oci,"dest=a', 'USAGE', 'quotes'],
    ['type=oci,tar=maybe', 'USAGE', 'boolean'],
    ['type=oci,annotation-layer.k=v', 'USAGE', 'no level'],
    ['type=registry,name=a:1,push-by-digest=true', 'USAGE', 'has a tag'],
  ])('%s is refused', (text, code, words) => {
    const error = refused(text);
    expect(error).toMatchObject({ code });
    expect(error.message).toContain(words);
  });

  it('do not share standard output', () => {
    expect(thrown(() => choose(['-', 'type=oci']))).toMatchObject({ code: 'USAGE' });
  });
});

describe('annotations', () => {
  it('have levels and platforms', () => {
    expect(parseAnnotations(['a=b', 'index,manifest[linux/amd64]:c=d=e', 'manifest-descriptor:x='])).toEqual([
      { level: 'manifest', key: 'a', value: 'b' },
      { level: 'index', key: 'c', value: 'd=e' },
      { level: 'manifest', platform: 'linux/amd64', key: 'c', value: 'd=e' },
      { level: 'manifest-descriptor', key: 'x', value: '' },
    ]);
  });

  it.each(['a', '=b', 'index:=b', 'moon:a=b', 'manifest[x]:a=b'])('%s is refused', (entry) => {
    expect(thrown(() => parseAnnotations([entry]))).toMatchObject({ code: 'USAGE' });
  });
});
