import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fetchGit } from '../../src/context/index.ts';
import type { GitRequest } from '../../src/context/git/fetch-git.ts';
import { HTTP_BACKEND, startGitServer } from '../support/git/http-server.ts';
import { openRepositories, type Repositories } from '../support/git/repository.ts';

let repositories: Repositories;

/** Repositories of this machine are reached by their paths here; users cannot ask for that. */
const request = (name: string, changes: Partial<GitRequest['source']> = {}): GitRequest => ({
  source: { remote: `file://${repositories.directory}/${name}/.git`, ...changes },
  directory: repositories.scratch(),
  env: { PATH: process.env['PATH'] },
  credentials: [],
  protocols: ['file'],
});

describe.skipIf(HTTP_BACKEND === undefined)('a hostile git repository (needs git http-backend)', () => {
  beforeAll(() => {
    repositories = openRepositories();
  });
  afterAll(() => repositories.close());

  it('cannot give a directory outside of itself by a symbolic link', async () => {
    const outside = repositories.scratch();
    writeFileSync(join(outside, 'secret'), 'secret');
    const repository = repositories.create('links');
    repository.commit({ f: 'x', out: `-> ${outside}`, up: '-> ../..', 'a/via': '-> ../out', in: '-> a' });
    for (const subdir of ['out', 'up', 'a/via', 'in/via']) {
      const wanted = request('links', { subdir });
      await expect(fetchGit(wanted)).rejects.toMatchObject({
        code: 'CONTEXT',
        message: expect.stringContaining('leads out of'),
      });
      expect(readdirSync(wanted.directory)).toEqual([]);
    }
    expect((await fetchGit(request('links', { subdir: 'in' }))).path).toMatch(/\/a$/);
  });

  it('cannot give its .git for a directory', async () => {
    repositories.create('plain').commit({ f: 'x' });
    await expect(fetchGit(request('plain', { subdir: '.git' }))).rejects.toMatchObject({
      code: 'CONTEXT',
      message: expect.stringContaining('there is no directory ".git"'),
    });
  });

  it('cannot make git run anything: hooks, filters and helpers of its own are not asked', async () => {
    const repository = repositories.create('hooks');
    const mark = join(repositories.scratch(), 'ran');
    repository.commit({
      '.gitattributes': '* filter=evil\n',
      '.gitconfig': `[filter "evil"]\n\tsmudge = touch ${mark}\n[core]\n\tfsmonitor = touch ${mark}\n`,
      'hooks/post-checkout': `#!/bin/sh\ntouch ${mark}\n`,
      f: 'x',
    });
    const hook = join(repository.path, '.git/hooks/post-checkout');
    mkdirSync(join(repository.path, '.git/hooks'), { recursive: true });
    writeFileSync(hook, `#!/bin/sh\ntouch ${mark}\n`, { mode: 0o755 });
    const { path } = await fetchGit(request('hooks', { keepGitDir: true }));
    expect(readFileSync(join(path, 'f'), 'utf8')).toBe('x');
    expect(existsSync(join(path, '.git/hooks'))).toBe(false);
    expect(existsSync(mark)).toBe(false);
  });

  it.each([
    [
      'files of this machine',
      (directory: string) => `file://${directory}/victim/.git`,
      "transport 'file' not allowed",
    ],
    [
      'a path of this machine',
      (directory: string) => `${directory}/victim/.git`,
      "transport 'file' not allowed",
    ],
    ['a program', () => 'ext::sh -c "touch ran"', "transport 'ext' not allowed"],
    ['an option', () => '--upload-pack=touch', 'mod'],
  ])('cannot name %s for a submodule', async (what, urlOf, said) => {
    const { directory } = repositories;
    if (!existsSync(join(directory, 'victim'))) repositories.create('victim').commit({ secret: 'secret' });
    const name = `outer-${what.replaceAll(' ', '-')}`;
    const outer = repositories.create(name);
    outer.git('submodule', 'add', '--quiet', join(directory, 'victim'), 'mod');
    outer.git('config', '-f', '.gitmodules', 'submodule.mod.url', urlOf(directory));
    outer.commit({ f: 'x' });
    const server = await startGitServer(directory);
    try {
      const { protocols: _usual, ...wanted } = request(name, {
        remote: `http://${server.host}/${name}/.git`,
      });
      await expect(fetchGit(wanted)).rejects.toMatchObject({
        code: 'CONTEXT',
        message: expect.stringContaining(said),
      });
      expect(readdirSync(wanted.directory)).toEqual([]);
      // The same without its submodule is harmless.
      const { path } = await fetchGit({ ...wanted, source: { ...wanted.source, submodules: false } });
      expect(readdirSync(join(path, 'mod'))).toEqual([]);
    } finally {
      await server.close();
    }
  });

  it('cannot name a directory that git would take for an option', async () => {
    repositories.create('dash').commit({ '-x/f': 'dash' });
    const { path } = await fetchGit(request('dash', { subdir: '-x' }));
    expect(readFileSync(join(path, 'f'), 'utf8')).toBe('dash');
  });
});
