import {
  chmodSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fromBytes, fromText, type BytePath } from '../../../src/bytes/index.ts';
import { locateDockerfile, openDirectoryContext, readDockerfile } from '../../../src/context/index.ts';
import { planCopy, type CopyRequest } from '../../../src/copy/index.ts';
import { MemoryRoot } from '../../support/memory-root.ts';

let top = '';
let root = '';
const at = (name: string): string => join(root, name);

beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'context-'));
  root = join(top, 'context');
  mkdirSync(root);
  writeFileSync(join(top, 'secret'), 'secret of the host');
});
afterEach(() => rmSync(top, { recursive: true }));

function open(ignore?: string): ReturnType<typeof openDirectoryContext> {
  if (ignore !== undefined) writeFileSync(at('.dockerignore'), ignore);
  return openDirectoryContext(root, { dockerfilePath: at('Dockerfile') });
}

function copied(context: ReturnType<typeof openDirectoryContext>, more: Partial<CopyRequest>): string[] {
  const members = planCopy({
    source: context.view,
    sources: ['.'],
    destination: '/',
    workdir: '/',
    target: new MemoryRoot(),
    isContext: true,
    isIgnored: (path) => context.isIgnored(path),
    now: 0,
    ...more,
  });
  return members.map(({ path }) => path);
}

describe('a build context', () => {
  it('belongs to root, in whole seconds, whoever owns its files', () => {
    writeFileSync(at('f'), 'text');
    chmodSync(at('f'), 0o2751);
    utimesSync(at('f'), 1000.75, 1000.75);
    linkSync(at('f'), at('g'));
    const { view } = open();
    const stat = view.lstat(fromText('/f'));
    expect(stat).toMatchObject({
      type: 'file',
      mode: 0o2751,
      uid: 0,
      gid: 0,
      size: 4,
      mtimeNs: 1_000_000_000_000n,
    });
    expect(stat?.linkGroup).toBe(view.lstat(fromText('/g'))?.linkGroup);
    expect(view.content(fromText('/f'))).toEqual({ kind: 'file', path: at('f') });
  });

  it('keeps names that are no UTF-8, and lists bytewise', () => {
    const name = Buffer.from([0x66, 0xff, 0x67]);
    writeFileSync(Buffer.concat([Buffer.from(`${root}/`), name]), 'x');
    writeFileSync(at('Z'), '');
    writeFileSync(at('ü'), '');
    expect(open().view.readdir('/' as BytePath)).toEqual(['Z', fromBytes(name), fromText('ü')]);
  });

  it('has fifos and no sockets', async () => {
    execFileSync('mkfifo', [at('fifo')]);
    const server = createServer();
    await new Promise<void>((resolve) => void server.listen(at('socket'), () => resolve()));
    expect(open().view.readdir('/' as BytePath)).toEqual(['fifo']);
    server.close();
  });

  it('hides what is ignored, and shows directories only for what is taken back in below them', () => {
    for (const name of ['a', 'b', 'b/c', 'e']) mkdirSync(at(name));
    for (const name of ['a/x', 'b/x', 'b/c/keep', 'e/x', 'top']) writeFileSync(at(name), '');
    const context = open('*\n!b/c/keep\n!a/missing\n');
    expect(copied(context, {})).toEqual(['b', 'b/c', 'b/c/keep']);
    expect(context.isIgnored(fromText('/a/x'))).toBe(true);
    expect(() => copied(context, { sources: ['top'] })).toThrow(
      expect.objectContaining({
        code: 'CONTEXT',
        message: '"/top": not found',
        hint: expect.stringMatching(/dockerignore/) as string,
      }),
    );
  });

  it('prefers the ignore file of its Dockerfile', () => {
    for (const name of ['one', 'two']) writeFileSync(at(name), '');
    writeFileSync(at('Dockerfile.dockerignore'), 'one\n');
    const context = open('two\n');
    expect(context.ignoreFile).toBe('Dockerfile.dockerignore');
    expect(copied(context, {})).toEqual(['.dockerignore', 'Dockerfile.dockerignore', 'two']);
  });

  it('names the malformed line of its ignore file', () => {
    expect(() => open('ok\n[\n')).toThrow(
      expect.objectContaining({
        code: 'CONTEXT',
        message: expect.stringMatching(/line 2 of .dockerignore/) as string,
      }),
    );
  });

  it('is a directory', () => {
    writeFileSync(at('f'), '');
    expect(() => openDirectoryContext(at('f'), { dockerfilePath: at('Dockerfile') })).toThrow(
      /is not a directory/,
    );
    expect(() => openDirectoryContext(at('none'), { dockerfilePath: at('Dockerfile') })).toThrow(
      /is not a directory/,
    );
  });

  it('tells which path cannot be read', () => {
    const { view } = open();
    const long = `/${'n'.repeat(256)}` as BytePath;
    for (const ask of [() => view.lstat(long), () => view.content(long), () => view.readlink(long)])
      expect(ask).toThrow(
        expect.objectContaining({ code: 'CONTEXT', message: expect.stringContaining(long) as string }),
      );
    expect(() => view.content(fromText('/gone'))).toThrow(
      /cannot read "\/gone" in the build context: ENOENT/,
    );
  });
});

describe('links that lead out of a context', () => {
  it.each(['../secret', '../../../../../../secret', '/secret'])('are resolved inside: %s', (target) => {
    symlinkSync(target, at('link'));
    mkdirSync(at('d'));
    symlinkSync(`../${target}`, at('d/deep'));
    const context = open();
    for (const source of ['link', 'd/deep', 'link/', '../secret', '../../secret'])
      expect(() => copied(context, { sources: [source] }), source).toThrow(/not found/);
    writeFileSync(at('secret'), 'of the context');
    expect(copied(context, { sources: ['link'], destination: '/to' })).toEqual(['to']);
  });

  it('are copied as links when a directory is copied', () => {
    symlinkSync('../secret', at('link'));
    expect(copied(open(), {})).toEqual(['link']);
  });

  it('are refused for the ignore file and the Dockerfile', () => {
    symlinkSync('../secret', at('.dockerignore'));
    symlinkSync('../secret', at('Dockerfile'));
    expect(() => open()).toThrow(/.dockerignore is a symbolic link that leads out/);
    expect(() => readDockerfile(at('Dockerfile'), root)).toThrow(/leads out of the build context/);
  });
});

describe('locateDockerfile', () => {
  it('takes the Dockerfile of the context, then its Containerfile', () => {
    writeFileSync(at('Containerfile'), 'c');
    expect(locateDockerfile({ context: 'context', cwd: top })).toBe(at('Containerfile'));
    writeFileSync(at('Dockerfile'), 'd');
    expect(locateDockerfile({ context: 'context', cwd: top, file: '' })).toBe(at('Dockerfile'));
  });

  it('looks for a named one from the working directory, then in the context', () => {
    mkdirSync(at('docker'));
    writeFileSync(at('docker/app'), 'inner');
    const request = { context: 'context', cwd: top, file: 'docker/app' };
    expect(locateDockerfile(request)).toBe(at('docker/app'));
    mkdirSync(join(top, 'docker'));
    writeFileSync(join(top, 'docker/app'), 'outer');
    expect(locateDockerfile(request)).toBe(join(top, 'docker/app'));
    expect(readDockerfile(join(top, 'docker/app'), root)).toBe('outer');
  });

  it('follows links inside the context and says where it looked', () => {
    writeFileSync(at('real'), 'text');
    symlinkSync('real', at('Dockerfile'));
    expect(readDockerfile(locateDockerfile({ context: root, cwd: '/' }), root)).toBe('text');
    expect(() => locateDockerfile({ context: root, cwd: top, file: 'none' })).toThrow(
      expect.objectContaining({ code: 'CONTEXT', hint: expect.stringContaining(at('none')) as string }),
    );
  });

  it('never waits for a fifo', () => {
    execFileSync('mkfifo', [at('Dockerfile')]);
    expect(() => readDockerfile(at('Dockerfile'), root)).toThrow(/is not a regular file/);
  });
});
