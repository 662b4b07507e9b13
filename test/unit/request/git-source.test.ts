import { describe, expect, it } from 'vitest';
import { isGitSource } from '../../../src/dockerfile/index.ts';
import { parseGitSource, type GitSource } from '../../../src/request/index.ts';

const SHA = 'a94a8fe5ccb19ba61c4c0873d391e987982fbbd3';

describe('a git repository', () => {
  it.each<[string, GitSource]>([
    ['https://example.com/foo.git', { remote: 'https://example.com/foo.git' }],
    ['HTTPS://example.com/foo.git', { remote: 'https://example.com/foo.git' }],
    ['http://example.com/foo.git', { remote: 'http://example.com/foo.git' }],
    ['https://example.com:8443/a/b.git', { remote: 'https://example.com:8443/a/b.git' }],
    ['https://example.com/foo.git#', { remote: 'https://example.com/foo.git' }],
    ['https://example.com/foo.git#:', { remote: 'https://example.com/foo.git' }],
    ['https://example.com/foo.git#deadbeef', { remote: 'https://example.com/foo.git', ref: 'deadbeef' }],
    [
      'https://example.com/foo.git#release/1.2',
      { remote: 'https://example.com/foo.git', ref: 'release/1.2' },
    ],
    [
      'https://example.com/foo.git#refs/pull/7/merge',
      { remote: 'https://example.com/foo.git', ref: 'refs/pull/7/merge' },
    ],
    ['https://h/b.git#baz/qux:quux/quuz', { remote: 'https://h/b.git', ref: 'baz/qux', subdir: 'quux/quuz' }],
    ['https://h/b.git#:dir', { remote: 'https://h/b.git', subdir: 'dir' }],
    ['https://h/b.git#v1:/dir/', { remote: 'https://h/b.git', ref: 'v1', subdir: 'dir' }],
    ['https://h/b.git#v1:./a//b/../c', { remote: 'https://h/b.git', ref: 'v1', subdir: 'a/c' }],
    ['https://h/b.git#v1:a:b', { remote: 'https://h/b.git', ref: 'v1', subdir: 'a:b' }],
    ['https://h/b.git#v1:%E2%82%AC', { remote: 'https://h/b.git', ref: 'v1', subdir: '€' }],
    ['git://example.com/foo', { remote: 'git://example.com/foo' }],
    ['git://127.0.0.1:9418/r.git#v1', { remote: 'git://127.0.0.1:9418/r.git', ref: 'v1' }],
    ['ssh://git@example.com/foo', { remote: 'ssh://git@example.com/foo' }],
    ['ssh://git@example.com:22/foo.git#v2', { remote: 'ssh://git@example.com:22/foo.git', ref: 'v2' }],
    ['git@github.com:moby/buildkit', { remote: 'git@github.com:moby/buildkit' }],
    [
      'git@github.com:moby/buildkit.git#main:sub',
      { remote: 'git@github.com:moby/buildkit.git', ref: 'main', subdir: 'sub' },
    ],
    ['me-2@h.example:x?ref=v1', { remote: 'me-2@h.example:x', ref: 'v1' }],
    ['github.com/moby/buildkit', { remote: 'https://github.com/moby/buildkit' }],
    [
      'github.com/moby/buildkit#master:cmd',
      { remote: 'https://github.com/moby/buildkit', ref: 'master', subdir: 'cmd' },
    ],
    ['https://foo:b%40r@github.com/m/b.git', { remote: 'https://github.com/m/b.git', userInfo: 'foo:b%40r' }],
    ['https://h/b.git?ref=v1.0.0&subdir=/s', { remote: 'https://h/b.git', ref: 'v1.0.0', subdir: 's' }],
    ['https://h/b.git?tag=v1', { remote: 'https://h/b.git', ref: 'refs/tags/v1' }],
    ['https://h/b.git?tag=refs/tags/v1', { remote: 'https://h/b.git', ref: 'refs/tags/v1' }],
    ['https://h/b.git?branch=main', { remote: 'https://h/b.git', ref: 'refs/heads/main' }],
    ['https://h/b.git?ref=v1#v1', { remote: 'https://h/b.git', ref: 'v1' }],
    ['https://h/b.git?subdir=a#v1', { remote: 'https://h/b.git', ref: 'v1', subdir: 'a' }],
    [`https://h/b.git?commit=${SHA}`, { remote: 'https://h/b.git', ref: SHA, checksum: SHA }],
    [
      `https://h/b.git?checksum=${SHA.toUpperCase()}&ref=v1`,
      { remote: 'https://h/b.git', ref: 'v1', checksum: SHA },
    ],
    [
      'https://h/b.git?checksum=a94a8fe&tag=v1',
      { remote: 'https://h/b.git', ref: 'refs/tags/v1', checksum: 'a94a8fe' },
    ],
    ['https://h/b.git?keep-git-dir', { remote: 'https://h/b.git', keepGitDir: true }],
    [
      'https://h/b.git?keep-git-dir=0&submodules=false',
      { remote: 'https://h/b.git', keepGitDir: false, submodules: false },
    ],
    ['https://h/b.git?submodules=1', { remote: 'https://h/b.git', submodules: true }],
    [`git://github.com/o/r#refs/heads/main#${SHA}`, { remote: 'git://github.com/o/r', ref: SHA }],
    [
      `git://github.com/o/r#refs/heads/main#${SHA}:sub`,
      { remote: 'git://github.com/o/r', ref: SHA, subdir: 'sub' },
    ],
  ])('%s', (text, source) => {
    expect(parseGitSource(text)).toEqual(source);
    if (!text.startsWith('github.com/')) expect(isGitSource(text)).toBe(true);
  });

  it.each([
    '',
    '.',
    '.git',
    './.git',
    '../x.git',
    '/srv/x.git',
    'x.git',
    'custom.xyz/moby/buildkit.git',
    'https://example.com/',
    'https://example.com/foo',
    'https://example.com/foo.git/',
    'https://example.com/foo.git.bar',
    'https://github.com/moby/buildkit',
    'http://github.com/docker/docker.git:#branch',
    'https:///foo.git',
    'https://ho st/foo.git',
    'ftp://example.com/foo.git',
    'file:///srv/foo.git',
    'ext::sh -c id',
    'https://h/b.git\n#v1',
    'git@github.com:',
    'name=git@github.com/x',
  ])('%j is none', (text) => {
    expect(parseGitSource(text)).toBeUndefined();
    expect(isGitSource(text)).toBe(false);
  });

  it('is github.com/… for contexts only', () => {
    expect(parseGitSource('github.com/moby/buildkit', { shortForms: false })).toBeUndefined();
  });
});

describe('a git repository that makes no sense', () => {
  it.each([
    ['https://h/b.git#--upload-pack=id', 'is no ref'],
    ['https://h/b.git?ref=-x', 'is no ref'],
    ['https://h/b.git?ref=--output%3D/etc/x', 'is no ref'],
    ['https://h/b.git#a..b', 'is no ref'],
    ['https://h/b.git#a%20b', 'is no ref'],
    ['https://h/b.git#a%0Ab', 'is no ref'],
    ['https://h/b.git#%2Brefs/heads/*', 'is no ref'],
    ['https://h/b.git#a^{tree}', 'is no ref'],
    ['https://h/b.git#@{u}', 'is no ref'],
    ['https://h/b.git#/abs', 'is no ref'],
    ['https://h/b.git#a.lock', 'is no ref'],
    ['https://h/b.git?branch=a:refs/heads/b', 'is no ref'],
    ['https://h/b.git#main:..', 'leads out of the repository'],
    ['https://h/b.git#main:../../etc', 'leads out of the repository'],
    ['https://h/b.git#main:a/../../etc', 'leads out of the repository'],
    ['https://h/b.git?subdir=%2e%2e', 'leads out of the repository'],
    ['https://h/b.git#main:a%00b', 'zero byte'],
    ['https://-oProxyCommand=id/b.git', 'begin with a dash'],
    ['ssh://-oProxyCommand=id/b.git', 'begin with a dash'],
    ['ssh://git@-oProxyCommand=id/b', 'begin with a dash'],
    ['git@-host:x', 'begin with a dash'],
    ['git@host:-x', 'begin with a dash'],
    ['https://h/b.git?unknown=1', 'unexpected query "unknown"'],
    ['https://h/b.git?ref', 'query "ref" has no value'],
    ['https://h/b.git?ref=a&ref=b', 'query "ref" has multiple values'],
    ['https://h/b.git?ref=a#b', 'ref conflicts: "b" vs "a"'],
    ['https://h/b.git?tag=a#b', 'ref conflicts'],
    ['https://h/b.git?tag=a&branch=a', 'branch conflicts with tag'],
    ['https://h/b.git?subdir=a#v:b', 'subdir conflicts'],
    [`https://h/b.git?commit=${SHA}&checksum=abcdef0`, 'checksum conflicts'],
    ['https://h/b.git?checksum=xyz', 'is no commit'],
    ['https://h/b.git?checksum=abc', 'is no commit'],
    ['https://h/b.git?submodules=maybe', 'not a boolean'],
    ['git://h/r#main#notacommit', 'is no commit'],
    [`git://h/r#--x#${SHA}`, 'is no ref'],
  ])('%s', (text, message) => {
    expect(() => parseGitSource(text)).toThrow(message);
  });

  it('is told of without the credentials in its URL', () => {
    expect(() => parseGitSource('https://me:secret@h/b.git#-x')).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('secret') }),
    );
  });
});
