import { describe, expect, it } from 'vitest';
import {
  contextKey,
  parseContext,
  parseNamedSources,
  withPullMethod,
  type ContextSpec,
} from '../../../src/request/index.ts';
import { parseGitOptions } from '../../../src/request/sources/git-options.ts';

const DIGEST = `sha256:${'0'.repeat(64)}`;
const usage = (part: string) =>
  expect.objectContaining({ code: 'USAGE', message: expect.stringContaining(part) });

describe('parseContext', () => {
  it.each<[string, ContextSpec]>([
    ['.', { kind: 'directory', path: '/work' }],
    ['sub', { kind: 'directory', path: '/work/sub' }],
    ['dir://sub', { kind: 'directory', path: '/work/sub' }],
    ['DIR:///abs', { kind: 'directory', path: '/abs' }],
    ['/abs/x.git', { kind: 'directory', path: '/abs/x.git' }],
    ['./git@host:x', { kind: 'directory', path: '/work/git@host:x' }],
    ['tar://x.tar.gz', { kind: 'archive', path: '/work/x.tar.gz' }],
    ['tar:///abs.tar', { kind: 'archive', path: '/abs.tar' }],
    ['tar://stdin', { kind: 'stdin', orDockerfile: false }],
    ['-', { kind: 'stdin', orDockerfile: true }],
    ['https://x/y.tgz', { kind: 'url', url: 'https://x/y.tgz' }],
    ['http://x/Dockerfile', { kind: 'url', url: 'http://x/Dockerfile' }],
    [`https://x/y.tgz#checksum=${DIGEST}`, { kind: 'url', url: 'https://x/y.tgz', checksum: DIGEST }],
    ['github.com/o/r', { kind: 'git', source: { remote: 'https://github.com/o/r' } }],
    ['https://h/r.git#v1', { kind: 'git', source: { remote: 'https://h/r.git', ref: 'v1' } }],
  ])('%s', (text, spec) => {
    expect(parseContext(text, '/work')).toEqual(spec);
  });

  it.each(['s3://b/k', 'gs://b/k.tgz', 'azblob://x', 'oci://x', 'file:///x'])(
    'refuses %s by name',
    (text) => {
      expect(() => parseContext(text, '/work')).toThrow(
        expect.objectContaining({
          code: 'UNSUPPORTED',
          message: expect.stringContaining(text.split(':')[0] ?? ''),
        }),
      );
    },
  );

  it.each(['', 'dir://', 'tar://', 'https://x/y.tgz#main', 'https://x/y.tgz#checksum=sha256:12'])(
    'refuses %j',
    (text) => {
      expect(() => parseContext(text, '/work')).toThrow(usage('context'));
    },
  );
});

describe('a git:// context', () => {
  const remoteOf = (text: string, method?: string): string | undefined => {
    const context = withPullMethod(parseContext(text, '/'), method);
    return context.kind === 'git' ? context.source.remote : undefined;
  };

  it('is fetched by https, as kaniko does, unless it names a port or GIT_PULL_METHOD says otherwise', () => {
    expect(remoteOf('git://github.com/o/r')).toBe('https://github.com/o/r');
    expect(remoteOf('git://github.com/o/r', '')).toBe('https://github.com/o/r');
    expect(remoteOf('git://h/o/r', 'http')).toBe('http://h/o/r');
    expect(remoteOf('git://h/o/r', 'git')).toBe('git://h/o/r');
    expect(remoteOf('git://h:9418/o/r')).toBe('git://h:9418/o/r');
    expect(remoteOf('https://h/r.git', 'http')).toBe('https://h/r.git');
    expect(() => remoteOf('git://h/r', 'ftp')).toThrow(usage('GIT_PULL_METHOD'));
  });
});

describe('kaniko’s --git', () => {
  it('is a list of options', () => {
    expect(parseGitOptions('')).toEqual({});
    expect(
      parseGitOptions(
        'branch=main, depth=5,recurse-submodules=true,insecure-skip-tls=true,single-branch=true',
      ),
    ).toEqual({ branch: 'main', depth: 5, submodules: true, skipTlsVerify: true });
    expect(parseGitOptions('recurse-submodules=false,depth=0')).toEqual({ submodules: false, depth: 0 });
  });

  it.each(['colour=red', 'depth=-1', 'depth=all', 'single-branch=maybe'])('refuses %s', (text) => {
    expect(() => parseGitOptions(text)).toThrow(expect.objectContaining({ code: 'USAGE' }));
  });
});

describe('the name of a context', () => {
  it.each([
    ['base', 'base'],
    ['alpine:latest', 'alpine'],
    ['alpine:3.20', 'alpine:3.20'],
    ['docker.io/library/alpine', 'alpine'],
    ['docker.io/o/r:latest', 'o/r'],
    ['ghcr.io/o/r:1', 'ghcr.io/o/r:1'],
    ['Base', undefined],
    ['a b', undefined],
    ['', undefined],
  ])('%s is %s', (name, key) => {
    expect(contextKey(name)).toBe(key);
  });
});

describe('parseNamedSources', () => {
  it('reads every kind, the last of a name', () => {
    expect(
      parseNamedSources(
        [
          'base=old',
          'base=dir',
          'alpine:latest=docker-image://alpine:3.20',
          'none=docker-image://scratch',
          'l1=oci-layout://lay',
          'l2=oci-layout:///lay:v1',
          `l3=oci-layout:///lay:v1@${DIGEST}`,
          'src=https://h/r.git#v1:sub',
          'file=https://h/x.tgz?a=b',
        ],
        '/work',
      ),
    ).toEqual([
      { name: 'base', source: { kind: 'directory', path: '/work/dir' } },
      { name: 'alpine', source: { kind: 'image', reference: 'alpine:3.20' } },
      { name: 'none', source: { kind: 'image', reference: 'scratch' } },
      { name: 'l1', source: { kind: 'layout', path: '/work/lay' } },
      { name: 'l2', source: { kind: 'layout', path: '/lay', tag: 'v1' } },
      { name: 'l3', source: { kind: 'layout', path: '/lay', tag: 'v1', digest: DIGEST } },
      {
        name: 'src',
        source: { kind: 'git', source: { remote: 'https://h/r.git', ref: 'v1', subdir: 'sub' } },
      },
      { name: 'file', source: { kind: 'url', url: 'https://h/x.tgz?a=b' } },
    ]);
  });

  it.each(['base', '=x', 'base=', 'Base=x', 'a b=x', 'base=-', 'base=oci-layout://'])(
    'refuses %j',
    (entry) => {
      expect(() => parseNamedSources([entry], '/work')).toThrow(usage('invalid named context'));
    },
  );

  it('refuses what belongs to bake, buckets and malformed images', () => {
    expect(() => parseNamedSources(['a=target:b'], '/')).toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED' }),
    );
    expect(() => parseNamedSources(['a=s3://b/k'], '/')).toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED' }),
    );
    expect(() => parseNamedSources(['a=docker-image://UPPER'], '/')).toThrow(
      expect.objectContaining({ code: 'REFERENCE' }),
    );
  });
});
