import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { removeScratch, startInside, type Backend } from '../../src/isolation/index.ts';
import { run, runSync, sendSignal, spawnProcess } from '../../src/process/index.ts';
import { noRootSandbox } from '../support/sandbox-report.ts';

const reason = noRootSandbox();
const everybody = [{ inside: 0, outside: 0, count: 4_294_967_295 }];
const BACKENDS: readonly Backend[] = [
  { name: 'none', ownProc: false, overlay: false, userxattr: false, ownership: 'disk' },
  { name: 'mountns', ownProc: true, overlay: true, userxattr: false, ownership: 'disk' },
  {
    name: 'userns-identity',
    ownProc: true,
    overlay: true,
    userxattr: true,
    ownership: 'disk',
    maps: { users: everybody, groups: everybody },
  },
];
const options = {
  env: { PATH: process.env['PATH'] ?? '', GIVEN: "it's\nhere" },
  cwd: '/',
  stdio: ['pipe', 'pipe', 'pipe'],
} as const;

describe.skipIf(reason !== undefined)(
  `startInside${reason === undefined ? '' : ` (skipped: ${reason})`}`,
  () => {
    it.each(BACKENDS)('$name: passes the environment, both streams and the exit status', async (backend) => {
      const child = await startInside(
        backend,
        ['/bin/sh', '-c', 'cat; echo "$GIVEN"; id -u; exit 9'],
        options,
      );
      child.stdin?.end('{"json":"line"}\n');
      expect(await text(child.stdout!)).toBe(`{"json":"line"}\nit's\nhere\n0\n`);
      expect(await child.exited).toEqual({ status: 9, signal: null });
    });

    it.each(BACKENDS)('$name: leaves no descriptor beyond the three', async (backend) => {
      const child = await startInside(
        backend,
        ['/bin/sh', '-c', 'ls /proc/self/fd; readlink /proc/self/fd/3 /proc/self/fd/4'],
        options,
      );
      child.stdin?.end();
      expect(await text(child.stdout!)).not.toMatch(/socket|pipe/);
    });

    it.each(BACKENDS.slice(1))('$name: has mounts of its own', async (backend) => {
      const directory = mkdtempSync(`${tmpdir()}/mounts-`);
      const child = await startInside(
        backend,
        [
          '/bin/sh',
          '-c',
          `mount -t tmpfs tmpfs ${directory} && touch ${directory}/inside && ls ${directory}`,
        ],
        options,
      );
      child.stdin?.end();
      expect(await text(child.stdout!)).toBe('inside\n');
      expect(existsSync(`${directory}/inside`)).toBe(false);
      rmSync(directory, { recursive: true });
    });

    it.each(BACKENDS)('$name: dies with the process that started it', async (backend) => {
      const script = `
      const { startInside } = await import(${JSON.stringify(new URL('../../src/isolation/index.ts', import.meta.url).href)});
      const child = await startInside(${JSON.stringify(backend)}, ['/bin/sh', '-c', 'echo $$; exec sleep 1000'],
        { env: { PATH: process.env.PATH }, cwd: '/', stdio: ['pipe', 'pipe', 'inherit'] });
      child.stdout.pipe(process.stdout);`;
      const outer = await spawnProcess(process.execPath, ['--input-type=module', '-e', script], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const pid = await new Promise<number>((resolve) =>
        outer.stdout!.once('data', (chunk: Buffer) => resolve(Number(chunk))),
      );
      expect(sendSignal(pid, 0)).toBe(true);
      outer.kill('SIGKILL');
      await outer.exited;
      await expect.poll(() => isRunning(pid), { timeout: 20_000 }).toBe(false);
    });

    it('explains a user namespace that is refused', async () => {
      const few: Backend = {
        ...BACKENDS[2]!,
        maps: { users: [{ inside: 5, outside: 5, count: 0 }], groups: everybody },
      };
      await expect(startInside(few, ['/bin/true'], options)).rejects.toMatchObject({
        code: 'ISOLATION',
        message: expect.stringMatching(/uid_map.*EINVAL/) as string,
      });
    });
  },
);

describe('removeScratch', () => {
  let parent = '';
  beforeEach(() => {
    parent = mkdtempSync(`${tmpdir()}/scratch-test-`);
  });
  afterEach(() => rmSync(parent, { recursive: true, force: true }));
  const none = BACKENDS[0]!;

  it('deletes a tree of its own and is content with none', async () => {
    mkdirSync(`${parent}/ts-kaniko-1/a/b`, { recursive: true });
    await removeScratch(`${parent}/ts-kaniko-1`, none);
    expect(existsSync(`${parent}/ts-kaniko-1`)).toBe(false);
    await removeScratch(`${parent}/ts-kaniko-1`, none);
  });

  it('refuses everything that is not named as ours, is relative, a file or a link', async () => {
    mkdirSync(`${parent}/other`);
    writeFileSync(`${parent}/ts-kaniko-file`, '');
    symlinkSync(`${parent}/other`, `${parent}/ts-kaniko-link`);
    for (const path of ['other', 'ts-kaniko-file', 'ts-kaniko-link', 'ts-kaniko-link/../other']) {
      await expect(removeScratch(`${parent}/${path}`, none)).rejects.toMatchObject({ code: 'INTERNAL' });
    }
    await expect(removeScratch('ts-kaniko-1', none)).rejects.toMatchObject({ code: 'INTERNAL' });
    expect(existsSync(`${parent}/other`)).toBe(true);
  });

  it.skipIf(reason !== undefined)('refuses while something is mounted below', async () => {
    const inner = `
      const { removeScratch } = await import(${JSON.stringify(new URL('../../src/isolation/index.ts', import.meta.url).href)});
      await removeScratch(process.argv[1], ${JSON.stringify(none)}).catch((error) => console.log(error.code, error.message));`;
    mkdirSync(`${parent}/ts-kaniko-2/mnt`, { recursive: true });
    writeFileSync(`${parent}/precious`, 'kept');
    const script = `mount --bind ${parent} ${parent}/ts-kaniko-2/mnt && exec "$@"`;
    const result = await run('unshare', [
      '--mount',
      'sh',
      '-c',
      script,
      'sh',
      process.execPath,
      '--input-type=module',
      '-e',
      inner,
      `${parent}/ts-kaniko-2`,
    ]);
    expect(result.stdout).toContain(
      `FILESYSTEM ${parent}/ts-kaniko-2 is not deleted: something is mounted on`,
    );
    expect(existsSync(`${parent}/precious`)).toBe(true);
  });
});

/** A zombie that nobody waits for is as dead as one that is gone. */
function isRunning(pid: number): boolean {
  return sendSignal(pid, 0) && !/^State:\s+[ZX]/m.test(runSync('cat', [`/proc/${pid}/status`]).stdout);
}
