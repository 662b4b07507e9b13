import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { probeIsolation } from '../../src/isolation/index.ts';
import type { ContextSpec, NamedSource } from '../../src/request/index.ts';
import { archiveOf } from '../support/archive-bytes.ts';
import { openSite, type BuildSite, type SiteBuild } from '../support/build-site.ts';
import { HTTP_BACKEND, startGitServer } from '../support/git/http-server.ts';
import { openRepositories } from '../support/git/repository.ts';

const ARCHIVE = archiveOf(
  { path: 'Dockerfile', content: 'FROM scratch\nCOPY f /f\n' },
  { path: 'f', content: 'from the archive', uid: 1234, gid: 1234, mode: 0o4750, seconds: 77 },
  { path: '.dockerignore', content: 'ignored\n' },
  { path: 'ignored', content: 'x' },
  { path: 'sub/Dockerfile', content: 'FROM scratch\nCOPY g /g\n' },
  { path: 'sub/g', content: 'from the directory' },
);
const SERVED: Readonly<Record<string, Buffer>> = {
  '/context.tar.gz': gzipSync(ARCHIVE),
  '/Dockerfile': Buffer.from('FROM scratch\nLABEL from=url\nCOPY . /all/\n'),
};
const DIGEST = `sha256:${createHash('sha256').update(gzipSync(ARCHIVE)).digest('hex')}`;

const { chosen } = await probeIsolation({ scratchParent: '/tmp', env: process.env });

let site: BuildSite;
let server: Server;
let web: string;

beforeAll(async () => {
  site = await openSite();
  server = createServer((request, response) => {
    const body = SERVED[request.url ?? ''];
    response.writeHead(body === undefined ? 404 : 200, { 'last-modified': 'Thu, 01 Jan 1970 00:01:40 GMT' });
    response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  web = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  await site.close();
});

const from = (context: ContextSpec, more: Partial<SiteBuild['asked']> = {}): SiteBuild => ({
  asked: { context, dockerfile: { kind: 'file' }, ...more },
});
const builtFrom = (context: ContextSpec, more: SiteBuild = {}) =>
  site.built('unused', { ...from(context, more.asked), ...(more.stdin && { stdin: more.stdin }) });
const stdinOf = (bytes: Buffer): SiteBuild => ({ stdin: Readable.from([bytes]) });

/** A fresh directory with these files. */
function directory(files: Readonly<Record<string, string>>): string {
  const path = mkdtempSync(join(site.directory, 'files-'));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), text);
  }
  return path;
}

describe('a build context from an archive', () => {
  it.each([
    ['plain', ARCHIVE],
    ['gzip', gzipSync(ARCHIVE)],
    ['zstd', zstdCompressSync(ARCHIVE)],
    ['xz', execFileSync('xz', ['-c'], { input: ARCHIVE })],
    ['bzip2', execFileSync('bzip2', ['-c'], { input: ARCHIVE })],
  ])('%s: everything in it is root’s, modes and times stay', async (name, bytes) => {
    const path = join(directory({}), name);
    writeFileSync(path, bytes);
    const image = await builtFrom({ kind: 'archive', path });
    expect(image.stat('/f')).toBe('file 4750 0:0');
    expect(image.files.get('/f')?.mtimeNs).toBe(77_000_000_000n);
    expect(image.read('/f')).toBe('from the archive');
    expect(site.leftovers()).toEqual([]);
  });

  it('comes by standard input, which may be a Dockerfile in its place', async () => {
    const stdin = { kind: 'stdin', orDockerfile: true } as const;
    expect((await builtFrom(stdin, stdinOf(gzipSync(ARCHIVE)))).read('/f')).toBe('from the archive');
    const alone = await builtFrom(stdin, stdinOf(Buffer.from('FROM scratch\nLABEL a=b\n')));
    expect(alone.image.config.config?.Labels).toEqual({ a: 'b' });
    await expect(
      builtFrom({ ...stdin, orDockerfile: false }, stdinOf(Buffer.from('FROM scratch'))),
    ).rejects.toThrow('no tar archive');
    await expect(builtFrom(stdin, stdinOf(Buffer.alloc(0)))).rejects.toThrow('standard input is empty');
    await expect(builtFrom(stdin)).rejects.toMatchObject({ code: 'USAGE' });
  });

  it('comes from a URL, held to its checksum', async () => {
    const url = `${web}/context.tar.gz`;
    expect((await builtFrom({ kind: 'url', url, checksum: DIGEST })).read('/f')).toBe('from the archive');
    const other = DIGEST.replace(/.$/, (digit) => (digit === '0' ? '1' : '0'));
    await expect(builtFrom({ kind: 'url', url, checksum: other })).rejects.toMatchObject({ code: 'CONTENT' });
    await expect(builtFrom({ kind: 'url', url: `${web}/none` })).rejects.toMatchObject({
      code: 'CONTEXT',
      message: expect.stringContaining('404'),
    });
    expect(site.leftovers()).toEqual([]);
  });

  it('may be no more than a Dockerfile at a URL, as in BuildKit', async () => {
    const image = await builtFrom({ kind: 'url', url: `${web}/Dockerfile` });
    expect(image.stat('/all/context')).toBe('file 600 0:0');
    expect(image.files.get('/all/context')?.mtimeNs).toBe(100_000_000_000n);
  });

  it('may be narrowed to a directory of it, and not left by that', async () => {
    const path = join(directory({}), 'x.tar');
    writeFileSync(path, ARCHIVE);
    const context = { kind: 'archive', path } as const;
    expect((await builtFrom(context, { asked: { contextSubPath: 'sub' } })).read('/g')).toBe(
      'from the directory',
    );
    for (const contextSubPath of ['../..', 'nowhere', 'f'])
      await expect(builtFrom(context, { asked: { contextSubPath } })).rejects.toThrow(/context/);
  });

  it('honours its ignore file, and the one beside a Dockerfile of another place', async () => {
    const path = join(directory({}), 'x.tar');
    writeFileSync(path, ARCHIVE);
    const dockerfile = directory({
      Dockerfile: 'FROM scratch\nCOPY . /c\n',
      Other: 'FROM scratch\nCOPY . /c\n',
      'Other.dockerignore': '*\n!f\n',
    });
    const build = async (name: string) =>
      [
        ...(
          await builtFrom(
            { kind: 'archive', path },
            { asked: { dockerfile: { kind: 'file', name: join(dockerfile, name) } } },
          )
        ).files.keys(),
      ].sort();
    expect(await build('Dockerfile')).not.toContain('/c/ignored');
    expect(await build('Other')).toEqual(['/c', '/c/f']);
  });
});

describe('a Dockerfile from elsewhere', () => {
  const files = { f: 'x', g: 'y', '.dockerignore': 'g\n', 'Dockerfile.dockerignore': 'f\n' };

  it('comes by standard input; only the ignore file of the context counts', async () => {
    const context = { kind: 'directory', path: directory(files) } as const;
    const image = await builtFrom(context, {
      asked: { dockerfile: { kind: 'stdin' } },
      ...stdinOf(Buffer.from('FROM scratch\nCOPY . /all/\n')),
    });
    expect([...image.files.keys()].filter((name) => /\/[fg]$/.test(name))).toEqual(['/all/f']);
  });

  it('comes from a URL; errors are told of Dockerfile', async () => {
    const context = { kind: 'directory', path: directory(files) } as const;
    const image = await builtFrom(context, {
      asked: { dockerfile: { kind: 'url', url: `${web}/Dockerfile` } },
    });
    expect(image.image.config.config?.Labels).toEqual({ from: 'url' });
    const broken = builtFrom(context, {
      asked: { dockerfile: { kind: 'stdin' } },
      ...stdinOf(Buffer.from('FROM scratch\nCOPY missing /\n')),
    });
    await expect(broken).rejects.toMatchObject({ location: { file: 'Dockerfile', line: 2 } });
  });
});

describe('named contexts', () => {
  const named = (name: string, source: NamedSource['source']): NamedSource => ({ name, source });
  const built = (dockerfile: string, contexts: NamedSource[], files: Record<string, string> = {}) =>
    site.built(dockerfile, { files, asked: { contexts } });

  it('are directories, each with its own ignore file', async () => {
    const path = directory({ a: 'named', b: 'hidden', '.dockerignore': 'b\n' });
    const image = await built(
      'FROM scratch\nCOPY --from=src . /n/\nCOPY . /m/\n',
      [named('src', { kind: 'directory', path })],
      { b: 'main', c: 'main', '.dockerignore': 'c\n' },
    );
    const names = [...image.files.keys()];
    expect(names).toContain('/n/a');
    expect(names).toContain('/m/b');
    expect(names).not.toContain('/n/b');
    expect(names).not.toContain('/m/c');
  });

  it('may be what FROM starts from', async () => {
    const path = directory({ 'd/a': 'named' });
    const image = await built('FROM src\nCOPY f /f\n', [named('src', { kind: 'directory', path })], {
      f: 'x',
    });
    expect(image.read('/d/a')).toBe('named');
    expect(image.layers).toHaveLength(2);
  });

  it('are images of registries and layouts', async () => {
    const layout = join(directory({}), 'layout');
    await site.build('FROM scratch\nCOPY f /from-layout\n', {
      files: { f: 'x' },
      outputs: { push: false, tags: ['example.com/app:v2'], ociLayoutPath: layout },
    });
    const image = await built('FROM app\nCOPY --from=one /from-layout /one\n', [
      named('app', { kind: 'layout', path: layout, tag: 'v2' }),
      named('one', { kind: 'layout', path: layout }),
    ]);
    expect([...image.files.keys()].sort()).toEqual(['/from-layout', '/one']);
    const fromImage = await built('FROM alpine:3\n', [
      named('alpine:3', { kind: 'image', reference: site.base }),
    ]);
    expect(fromImage.files.has('/bin/sh') || fromImage.files.has('/usr/bin/sh')).toBe(true);
    await expect(
      built('FROM app', [named('app', { kind: 'layout', path: layout, tag: 'v3' })]),
    ).rejects.toMatchObject({ code: 'IMAGE', hint: expect.stringContaining('example.com/app:v2') });
  });

  it('are downloads, which stay the files they are', async () => {
    const image = await built('FROM scratch\nCOPY --from=web context /x.tgz\n', [
      named('web', { kind: 'url', url: `${web}/context.tar.gz` }),
    ]);
    expect(image.stat('/x.tgz')).toBe('file 600 0:0');
  });

  it('cannot be left through a symbolic link, neither can the main one', async () => {
    const outside = directory({ secret: 'secret' });
    const path = directory({ a: 'x' });
    symlinkSync(outside, join(path, 'out'));
    symlinkSync(join(outside, 'secret'), join(path, 'file'));
    symlinkSync('../../../../../../../etc/passwd', join(path, 'up'));
    const source = named('src', { kind: 'directory', path });
    for (const name of ['out/secret', 'file', 'up']) {
      await expect(built(`FROM scratch\nCOPY --from=src ${name} /x\n`, [source])).rejects.toThrow(
        'not found',
      );
      await expect(
        builtFrom(
          { kind: 'directory', path },
          {
            asked: { dockerfile: { kind: 'stdin' } },
            ...stdinOf(Buffer.from(`FROM scratch\nADD ${name} /x\n`)),
          },
        ),
      ).rejects.toThrow('not found');
    }
    const links = directory({});
    symlinkSync(join(outside, 'secret'), join(links, 'Dockerfile'));
    await expect(builtFrom({ kind: 'directory', path: links })).rejects.toThrow(
      'leads out of the build context',
    );
    symlinkSync(join(outside, 'secret'), join(path, '.dockerignore'));
    await expect(built('FROM scratch\nCOPY --from=src a /x\n', [source])).rejects.toThrow('leads out of');
  });

  it.skipIf(chosen === undefined || chosen === 'none')(
    'are seen by RUN --mount, without what they ignore (needs an isolation)',
    async () => {
      const path = directory({ a: 'named', b: 'hidden', '.dockerignore': 'b\n' });
      const image = await built(
        'FROM base\nRUN --mount=from=src,target=/m ls -A /m > /list; cat /m/a >> /list\n',
        [named('src', { kind: 'directory', path })],
      );
      expect(image.read('/list').split('\n').sort()).toEqual(['.dockerignore', 'a', 'named']);
    },
  );
});

describe.skipIf(HTTP_BACKEND === undefined)('git repositories in a build (needs git http-backend)', () => {
  it('are contexts, and what ADD fetches', async () => {
    const repositories = openRepositories();
    const repository = repositories.create('r');
    const commit = repository.commit({
      Dockerfile: 'FROM scratch\nCOPY f /f\n',
      f: 'committed',
      '.dockerignore': 'x',
    });
    const git = await startGitServer(repositories.directory);
    const remote = `http://${git.host}/r/.git`;
    try {
      const context = { kind: 'git', source: { remote } } as const;
      expect((await builtFrom(context)).read('/f')).toBe('committed');
      const kept = await builtFrom(context, {
        asked: { buildArgs: { BUILDKIT_CONTEXT_KEEP_GIT_DIR: '1' }, dockerfile: { kind: 'stdin' } },
        ...stdinOf(Buffer.from('FROM scratch\nCOPY .git/HEAD /head\n')),
      });
      expect(kept.read('/head').trim()).toBe(commit);
      const added = await site.built(
        `FROM scratch\nADD ${remote}#main /plain\nADD --keep-git-dir --checksum=${commit} --chown=3:4 ${remote} /kept/\nADD ${remote}#main f /both/\n`,
        { files: { f: 'of the context' } },
      );
      expect(added.read('/plain/f')).toBe('committed');
      expect(added.stat('/plain/f')).toBe('file 644 0:0');
      expect(added.files.has('/plain/.git')).toBe(false);
      expect(added.read('/plain/.dockerignore')).toBe('x');
      expect(added.stat('/kept/f')).toBe('file 644 3:4');
      expect(added.read('/kept/.git/HEAD').trim()).toBe(commit);
      expect(added.read('/both/f')).toBe('of the context');
      await expect(
        site.build(`FROM scratch\nADD --checksum=${'1'.repeat(40)} ${remote} /x\n`),
      ).rejects.toMatchObject({ code: 'CONTENT', location: { line: 2 } });
      await expect(
        site.build(`FROM scratch\nADD --keep-git-dir=false ${remote}?keep-git-dir=1 /x\n`),
      ).rejects.toThrow('inconsistent keep-git-dir');
      expect(site.leftovers()).toEqual([]);
    } finally {
      await git.close();
      repositories.close();
    }
  });
});
