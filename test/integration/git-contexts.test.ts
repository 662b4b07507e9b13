import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fetchGit, gitCredentials } from '../../src/context/index.ts';
import type { GitCheckout, GitRequest } from '../../src/context/git/fetch-git.ts';
import { parseGitSource, type GitSource } from '../../src/request/index.ts';
import { HTTP_BACKEND, startGitServer, type GitServer } from '../support/git/http-server.ts';
import { openRepositories, type Repositories, type Repository } from '../support/git/repository.ts';

let repositories: Repositories;
let server: GitServer;
let repository: Repository;
const commits: Record<string, string> = {};

describe.skipIf(HTTP_BACKEND === undefined)('a git repository (needs git http-backend)', () => {
  beforeAll(async () => {
    repositories = openRepositories();
    repository = repositories.create('app');
    commits['first'] = repository.commit({ Dockerfile: 'FROM scratch\n', 'sub/f': 'first', link: '-> sub' });
    repository.git('tag', 'light');
    repository.git('tag', '-a', '-m', 'annotated', 'v1');
    commits['second'] = repository.commit({ 'sub/f': 'second' });
    repository.git('checkout', '--quiet', '-b', 'topic');
    commits['topic'] = repository.commit({ 'sub/f': 'topic' });
    repository.git('update-ref', 'refs/pull/7/merge', 'HEAD');
    repository.git('checkout', '--quiet', 'main');
    server = await startGitServer(repositories.directory);
  });

  afterAll(async () => {
    await server.close();
    repositories.close();
  });

  const url = (rest = '', name = 'app'): string => `http://${server.host}/${name}/.git${rest}`;

  function fetch(text: string, changes: Partial<GitRequest> = {}): Promise<GitCheckout> {
    return fetchGit({
      source: parseGitSource(text) as GitSource,
      directory: repositories.scratch(),
      env: { PATH: process.env['PATH'] },
      credentials: [],
      ...changes,
    });
  }
  const fileOf = async (text: string): Promise<string> =>
    readFileSync(join((await fetch(text)).path, 'sub/f'), 'utf8');

  it('is checked out at its default branch, without .git and with the usual modes', async () => {
    const { path, commit, committedAt } = await fetch(url());
    expect(commit).toBe(commits['second']);
    expect(committedAt).toBe(Date.UTC(2026, 0, 2, 3, 4, 5) / 1000);
    expect(readdirSync(path).sort()).toEqual(['Dockerfile', 'link', 'sub']);
    expect(lstatSync(join(path, 'Dockerfile')).mode & 0o777).toBe(0o644);
    expect(lstatSync(join(path, 'sub')).mode & 0o777).toBe(0o755);
    expect(lstatSync(join(path, 'link')).isSymbolicLink()).toBe(true);
  });

  it.each([
    ['#topic', 'topic'],
    ['#light', 'first'],
    ['#v1', 'first'],
    ['#refs/tags/v1', 'first'],
    ['#refs/heads/topic', 'topic'],
    ['#refs/pull/7/merge', 'topic'],
    ['?branch=topic', 'topic'],
    ['?tag=v1', 'first'],
  ])('is found by %s', async (ref, content) => {
    expect(await fileOf(url(ref))).toBe(content);
  });

  it('is found by a commit, whole or in part, also one that no ref is at', async () => {
    const { first = '', second = '' } = commits;
    expect(await fileOf(url(`#${first}`))).toBe('first');
    expect(await fileOf(url(`#${second.slice(0, 9)}`))).toBe('second');
    expect(await fileOf(url(`#refs/heads/main#${first}`))).toBe('first');
    expect(await fileOf(url(`?commit=${first.slice(0, 12)}`))).toBe('first');
  });

  it('gives a directory of it, through links of its own too', async () => {
    for (const ref of ['#v1:sub', '#v1:/sub/', '#v1:link', '?tag=v1&subdir=sub'])
      expect(readFileSync(join((await fetch(url(ref))).path, 'f'), 'utf8')).toBe('first');
  });

  it('is held to its checksum: a commit, or the annotated tag itself', async () => {
    const { first = '', second = '' } = commits;
    const tag = repository.git('rev-parse', 'v1');
    expect(await fileOf(url(`?tag=v1&checksum=${first}`))).toBe('first');
    expect(await fileOf(url(`?tag=v1&checksum=${tag.slice(0, 10)}`))).toBe('first');
    const directory = repositories.scratch();
    await expect(fetch(url(`?tag=v1&checksum=${second}`), { directory })).rejects.toMatchObject({
      code: 'CONTENT',
      message: expect.stringContaining('expected checksum to match'),
    });
    expect(readdirSync(directory)).toEqual([]);
  });

  it.each([
    ['#nope', /couldn't find remote ref nope/],
    [`#${'1'.repeat(40)}`, /1{40}/],
    ['#main:nowhere', /there is no directory "nowhere"/],
    ['#main:Dockerfile', /is no directory/],
  ])('that has no %s is a CONTEXT error', async (ref, message) => {
    await expect(fetch(url(ref))).rejects.toMatchObject({
      code: 'CONTEXT',
      message: expect.stringMatching(message),
    });
  });

  it('keeps .git where that is asked for, with nothing of how it was reached but its URL', async () => {
    const { path, commit } = await fetch(url('?branch=topic&keep-git-dir=1'));
    expect(readFileSync(join(path, '.git/HEAD'), 'utf8').trim()).toBe(commit);
    expect(existsSync(join(path, '.git/FETCH_HEAD'))).toBe(false);
    expect(existsSync(join(path, '.git/hooks'))).toBe(false);
    expect((await fetch(url('?branch=topic&keep-git-dir=1&subdir=sub'))).path).toMatch(/\/sub$/);
  });

  it('comes with its submodules, or without', async () => {
    const inner = repositories.create('inner');
    inner.commit({ deep: 'inner one' });
    const outer = repositories.create('outer');
    outer.commit({ own: 'outer' });
    // Added by its path: this process, which serves the URL, waits for git.
    outer.git('submodule', 'add', '--quiet', inner.path, 'mod');
    outer.git('config', '-f', '.gitmodules', 'submodule.mod.url', url('', 'inner'));
    outer.commit({});
    // The submodule's branch moves on: its commit is no longer what a branch is at.
    inner.commit({ deep: 'inner two' });
    const { path } = await fetch(url('', 'outer'));
    expect(readFileSync(join(path, 'mod/deep'), 'utf8')).toBe('inner one');
    expect(readdirSync(join(path, 'mod'))).toEqual(['deep']);
    expect(readdirSync(join((await fetch(url('?submodules=false', 'outer'))).path, 'mod'))).toEqual([]);
    const kept = await fetch(url('?keep-git-dir=1', 'outer'));
    expect(readdirSync(join(kept.path, 'mod')).sort()).toEqual(['.git', 'deep']);
  });

  it('has as much history as it is asked for', async () => {
    const source = parseGitSource(url('?keep-git-dir=1')) as GitSource;
    const shallow = await fetch('', { source });
    expect(existsSync(join(shallow.path, '.git/shallow'))).toBe(true);
    const whole = await fetch('', { source, depth: 0 });
    expect(existsSync(join(whole.path, '.git/shallow'))).toBe(false);
  });

  describe('behind a login', () => {
    const TOKEN = 'ghs_secretsecret';
    const HEADER = `Basic ${Buffer.from(`x-access-token:${TOKEN}`).toString('base64')}`;
    let guarded: GitServer;
    beforeAll(async () => {
      guarded = await startGitServer(repositories.directory, { authorization: HEADER });
    });
    afterAll(() => guarded.close());

    const at = (rest = ''): string => `http://${guarded.host}/app/.git${rest}`;

    it('takes a token for its host', async () => {
      const credentials = gitCredentials({}, [{ host: guarded.host, token: TOKEN }], []);
      const { path } = await fetch(at('?keep-git-dir=1'), { credentials });
      expect(readFileSync(join(path, 'sub/f'), 'utf8')).toBe('second');
      const config = readFileSync(join(path, '.git/config'), 'utf8');
      expect(config).toContain(guarded.host);
      expect(config).not.toMatch(/authorization|secret/i);
    });

    it('takes what its URL says, and keeps it out of the checkout', async () => {
      const { path } = await fetch(`http://x-access-token:${TOKEN}@${guarded.host}/app/.git?keep-git-dir=1`);
      expect(readFileSync(join(path, '.git/config'), 'utf8')).not.toContain(TOKEN);
    });

    it('says what is missing, without asking anybody', async () => {
      await expect(fetch(at())).rejects.toMatchObject({
        code: 'CONTEXT',
        hint: expect.stringContaining('GIT_AUTH_TOKEN'),
      });
    });

    it('gets no token of another host', async () => {
      const before = server.authorizations.length;
      await fetch(url(), { credentials: gitCredentials({}, [{ host: guarded.host, token: TOKEN }], []) });
      expect(server.authorizations.slice(before).filter((sent) => sent !== undefined)).toEqual([]);
    });

    it('sends its token nowhere else when it is sent elsewhere', async () => {
      const redirecting = await startGitServer(repositories.directory, {
        redirectTo: `http://${server.host}`,
      });
      try {
        const before = server.authorizations.length;
        const credentials = gitCredentials({}, [{ host: redirecting.host, token: TOKEN }], []);
        await expect(fetch(`http://${redirecting.host}/app/.git`, { credentials })).rejects.toMatchObject({
          hint: expect.stringContaining('the repository moved'),
        });
        expect(redirecting.authorizations[0]).toBe(HEADER);
        expect(server.authorizations.length).toBe(before);
        // Without a token there is nothing to be given away.
        await fetch(`http://${redirecting.host}/app/.git`);
        expect(server.authorizations.slice(before).filter((sent) => sent !== undefined)).toEqual([]);
      } finally {
        await redirecting.close();
      }
    });
  });
});
