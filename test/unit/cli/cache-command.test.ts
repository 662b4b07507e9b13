import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { main } from '../../../src/cli/main.ts';
import { fakeCli } from '../../support/fake-cli.ts';

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'cli-cache-'));
  mkdirSync(join(cwd, 'ctx'));
  writeFileSync(join(cwd, 'ctx/Dockerfile'), 'FROM scratch\n');
});
afterEach(() => rmSync(cwd, { recursive: true }));

const run = async (line: string, env: Record<string, string> = {}) => {
  const fake = fakeCli(cwd);
  const status = await main(line.split(' '), env, fake.ports);
  return { ...fake, status };
};
const local = (name: string) => ({ type: 'local', directory: join(cwd, name) });
const DAY = 86_400_000;

describe('commands on the layer cache', () => {
  it('take every way to name a cache, each cache once', async () => {
    const { tasks } = await run(
      'cache ls --cache-dir a --cache-repo r.test/app/cache --cache-from type=local,src=a --cache-to type=local,dest=b --cache-from type=gha,scope=x',
    );
    expect(tasks[0]?.locations).toEqual([
      { type: 'registry', repository: 'r.test/app/cache', scope: 'default' },
      local('a'),
      { type: 'gha', scope: 'x', attributes: {} },
      local('b'),
    ]);
  });

  it('mean the cache of --cache where none is named', async () => {
    expect((await run('cache ls', { HOME: cwd })).tasks[0]?.locations).toEqual([local('.cache/ts-kaniko')]);
    expect((await run('cache ls -d r.test/app:1')).tasks[0]?.locations).toEqual([
      { type: 'registry', repository: 'r.test/app/cache', scope: 'default' },
    ]);
  });

  it('say what is to be done', async () => {
    expect((await run('cache ls')).tasks[0]?.task).toEqual({ kind: 'ls' });
    expect((await run('cache verify')).tasks[0]?.task).toEqual({ kind: 'verify', repair: false });
    expect((await run('cache verify --repair')).tasks[0]?.task).toEqual({ kind: 'verify', repair: true });
    const prune = 'cache prune --older-than 14d --cache-ttl 336h --max-size 1k --dry-run';
    expect((await run(prune)).tasks[0]?.task).toEqual({
      kind: 'prune',
      unusedMs: 14 * DAY,
      maxAgeMs: 14 * DAY,
      maxBytes: 1024,
      dryRun: true,
    });
  });

  it('answer with the status of what was found, as text or as JSON', async () => {
    const text = await run('cache verify');
    expect([text.status, text.out()]).toEqual([1, 'told\n']);
    const json = await run('cache verify --json');
    expect(JSON.parse(json.out())).toEqual({ told: true });
  });

  it.each([
    ['cache', 'cache needs to be told what to do'],
    ['cache lss', 'unknown command: cache lss'],
    ['cache ls more', 'unexpected argument: more'],
    ['cache prune', 'cache prune needs to be told what goes'],
    ['cache prune --older-than soon', '--older-than "soon" is no duration'],
    ['cache ls --repair', '--repair belongs to cache verify'],
    ['build --max-size 1g', '--max-size belongs to cache prune'],
    ['--older-than 1h', '--older-than belongs to cache prune'],
    ['build --json', '--json belongs to doctor, cache and warmer'],
  ])('%s: refused', async (line, message) => {
    const { status, err, tasks, requests } = await run(line);
    expect([status, tasks, requests]).toEqual([64, [], []]);
    expect(err()).toContain(`error: ${message}`);
  });
});

describe('cache explain', () => {
  it('takes the flags of the build, and needs no destination', async () => {
    const { status, out, requests } = await run('cache explain -c ctx --build-arg A=1 --cache-dir a --json');
    expect([status, JSON.parse(out())]).toEqual([0, { explained: true }]);
    expect(requests[0]?.cache?.sources).toEqual([local('a')]);
    expect(requests[0]?.spec.buildArgs).toEqual({ A: '1' });
  });

  it('leaves the choice of the caches to those that are named', async () => {
    const { requests } = await run('cache explain -c ctx --cache-from type=local,src=b');
    expect(requests[0]?.cache?.sources).toEqual([local('b')]);
  });
});

describe('flags of caches', () => {
  it('sign entries with a key that is named, and never with one on the command line', async () => {
    const env = { KEY: 'sixteen characters or more' };
    const build = 'build -c ctx --no-push --cache --cache-signing-key env=KEY';
    expect((await run(build, env)).requests[0]?.cache?.signingKey).toBe(env.KEY);
    expect((await run('cache ls --cache-signing-key=env=KEY', env)).tasks[0]?.signingKey).toBe(env.KEY);
    const refused = await run(
      'build -c ctx --no-push --cache --cache-signing-key=sixteen-characters-or-more',
    );
    expect([refused.status, refused.requests]).toEqual([64, []]);
    expect(refused.err()).not.toContain('sixteen');
  });

  it.each([
    ['', false],
    [' --compressed-caching', false],
    [' --compressed-caching=false', true],
  ])('spare memory with%s: %s', async (words, spares) => {
    const { requests } = await run(`build -c ctx --no-push${words}`);
    expect(requests[0]?.spec.sparesMemory).toBe(spares);
  });
});

describe('warmer', () => {
  it('takes the letters of kaniko, also after flags of other names', async () => {
    const { warmed, status } = await run(
      'warmer -i a.test/x:1 --image b.test/y -c /warm -d ctx/Dockerfile -f --build-arg A=1 --platform linux/arm64 --cache-ttl 1h',
    );
    expect(status).toBe(0);
    expect(warmed[0]).toMatchObject({
      images: ['a.test/x:1', 'b.test/y'],
      directory: '/warm',
      dockerfile: join(cwd, 'ctx/Dockerfile'),
      force: true,
      buildArgs: { A: '1' },
      platforms: [{ os: 'linux', architecture: 'arm64' }],
      maxAgeMs: 3_600_000,
    });
  });

  it('has the directory of kaniko where none is given, and so do builds', async () => {
    expect((await run('warmer -i a')).warmed[0]).toMatchObject({ directory: '/cache', force: false });
    expect((await run('build -c ctx --no-push')).requests[0]?.warmBases).toBe('/cache');
    expect((await run('build -c ctx --no-push --cache-dir w')).requests[0]?.warmBases).toBe(join(cwd, 'w'));
  });

  it.each([
    ['warmer', 'warmer needs to be told which images'],
    ['build --image a', '--image belongs to warmer'],
    ['warmer -x', 'unknown flag: -x'],
  ])('%s: refused', async (line, message) => {
    const { status, err, warmed } = await run(line);
    expect([status, warmed]).toEqual([64, []]);
    expect(err()).toContain(`error: ${message}`);
  });
});
