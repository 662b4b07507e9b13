import {
  chmodSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fromText } from '../../../../src/bytes/index.ts';
import { runSync, spawnProcess } from '../../../../src/process/index.ts';
import { recoverRoot, RootResidence } from '../../../../src/snapshot/index.ts';

let root: string;
const at = (path: string): string => join(root, path);
const place = () => ({
  root: fromText(root),
  kept: ['/builder', '/etc/hosts', '/srv/volume'],
  journal: at('builder/journal'),
});

/** A root with a builder, something like mounts, and files of its own of every kind. */
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'recover-root-'));
  for (const path of [
    'builder/trees/t/usr/bin',
    'builder/trees/t/etc',
    'etc/own.d',
    'srv/volume',
    'own/deep/er',
  ])
    mkdirSync(at(path), { recursive: true });
  for (const path of ['etc/hosts', 'etc/passwd', 'etc/own.d/file', 'srv/volume/data', 'own/deep/er/file'])
    writeFileSync(at(path), `of the container: ${path}`);
  symlinkSync('own/deep', at('link'));
  for (const path of ['etc/passwd', 'usr/bin/tool', 'etc/image'])
    writeFileSync(at(`builder/trees/t/${path}`), 'of the image');
  chmodSync(at('builder/trees/t/etc'), 0o700);
  chmodSync(at('own'), 0o711);
  utimesSync(at('etc'), 500, 500);
});
afterEach(() => rmSync(root, { recursive: true }));

/** Every path outside the builder with its mode, time and content; times of what only leads somewhere count as well. */
function picture(directory = root): string[] {
  return readdirSync(directory)
    .sort()
    .flatMap((name) => {
      const path = join(directory, name);
      if (path === at('builder')) return [];
      const stat = lstatSync(path);
      const about = `${path.slice(root.length)} ${stat.mode.toString(8)} ${stat.uid} ${Math.floor(stat.mtimeMs)}`;
      if (stat.isSymbolicLink()) return [`${about} ${readlinkSync(path)}`];
      if (stat.isDirectory()) return [about, ...picture(path)];
      return [`${about} ${readFileSync(path, 'utf8')}`];
    });
}

const MODULE = JSON.stringify(new URL('../../../../src/snapshot/index.ts', import.meta.url).href);

/** Has a process take the tree in and out until it dies before the `moment`th of its file system calls. */
function killedAt(moment: number): boolean {
  const source = `
    const [{ default: fs }, { syncBuiltinESMExports }] = await Promise.all([import('node:fs'), import('node:module')]);
    let calls = 0;
    for (const name of ['renameSync', 'mkdirSync', 'rmdirSync', 'unlinkSync', 'writeFileSync', 'rmSync', 'chmodSync']) {
      const real = fs[name];
      fs[name] = (...words) => {
        if (calls++ === ${moment}) process.kill(process.pid, 'SIGKILL');
        return real(...words);
      };
    }
    syncBuiltinESMExports();
    const { RootResidence } = await import(${MODULE});
    const place = ${JSON.stringify({ ...place(), own: at('builder/own') })};
    const residence = new RootResidence(place);
    const resident = await residence.enter(${JSON.stringify(at('builder/trees/t'))});
    fs.writeFileSync(place.root + '/made-by-run', '');
    resident.leave();`;
  const { signal, status, stderr } = runSync(process.execPath, ['--input-type=module', '-e', source]);
  if (signal !== 'SIGKILL') expect([status, stderr]).toEqual([0, '']);
  return signal === 'SIGKILL';
}

describe('recoverRoot', () => {
  it('brings back every file of the root, whatever a build was doing when it was killed', async () => {
    const before = picture();
    let moment = 0;
    const kept = at('builder/trees/t');
    for (; ; moment++) {
      if (!killedAt(moment)) break;
      expect(await recoverRoot(place())).toBe(true);
      expect(picture(), `killed before call ${moment}`).toEqual(before);
      expect(existsSync(at('builder/journal'))).toBe(false);
      expect(existsSync(at('builder/own')) ? readdirSync(at('builder/own')) : []).toEqual([]);
      // Every run begins with a whole tree.
      rmSync(kept, { recursive: true });
      for (const path of ['usr/bin', 'etc']) mkdirSync(join(kept, path), { recursive: true });
      for (const path of ['etc/passwd', 'usr/bin/tool', 'etc/image'])
        writeFileSync(join(kept, path), 'of the image');
    }
    expect(moment).toBeGreaterThan(15);
    expect(picture()).toEqual(before);
  }, 180_000);

  it('leaves alone what was to be kept by the build that was killed, and what the next one keeps', async () => {
    const own = { own: at('builder/own'), directories: [] };
    mkdirSync(at('context'));
    mkdirSync(at('other'));
    const journal = { phase: 'tree', kept: [...place().kept, '/context'], ...own };
    writeFileSync(at('builder/journal'), JSON.stringify(journal));
    await recoverRoot({ ...place(), kept: [...place().kept, '/other'] });
    expect(readdirSync(root).sort()).toEqual(['builder', 'context', 'etc', 'other', 'srv']);
    expect(readdirSync(at('etc'))).toEqual(['hosts']);
    expect(readdirSync(at('srv/volume'))).toEqual(['data']);
  });

  it('follows no link that a RUN left, into the builder or out of the root', async () => {
    const outside = mkdtempSync(join(tmpdir(), 'recover-outside-'));
    writeFileSync(join(outside, 'file'), '');
    mkdirSync(at('builder/own/own'), { recursive: true });
    writeFileSync(at('builder/own/own/back'), '');
    rmSync(at('own'), { recursive: true });
    symlinkSync(outside, at('own'));
    symlinkSync(outside, at('away'));
    const journal = { phase: 'tree', kept: place().kept, own: at('builder/own'), directories: [] };
    writeFileSync(at('builder/journal'), JSON.stringify(journal));
    await recoverRoot(place());
    expect(readdirSync(outside)).toEqual(['file']);
    expect(existsSync(at('own/back'))).toBe(true);
    rmSync(outside, { recursive: true });
  });

  it('kills what runs a program of the tree, and nothing else', async () => {
    copyFileSync('/bin/sleep', at('tree-program'));
    copyFileSync('/bin/sleep', at('builder/program'));
    const start = (program: string) =>
      spawnProcess(at(program), ['60'], { stdio: ['ignore', 'ignore', 'ignore'] });
    const [stranger, ours] = [await start('tree-program'), await start('builder/program')];
    const journal = { phase: 'tree', kept: place().kept, own: at('builder/own'), directories: [] };
    writeFileSync(at('builder/journal'), JSON.stringify(journal));
    await recoverRoot(place());
    expect(await stranger.exited).toMatchObject({ signal: 'SIGKILL' });
    expect(ours.kill()).toBe(true);
    await ours.exited;
  });

  it('does not touch a root that a living build works in', async () => {
    const residence = new RootResidence({ ...place(), own: fromText(at('builder/own')) });
    const resident = await residence.enter(fromText(at('builder/trees/t')));
    expect(await recoverRoot(place())).toBe(false);
    expect(existsSync(at('usr/bin/tool'))).toBe(true);
    resident.leave();
    expect(await recoverRoot(place())).toBe(true);
  });

  it('is what a build does for itself where a tree cannot go back', async () => {
    const before = picture();
    const residence = new RootResidence({ ...place(), own: fromText(at('builder/own')) });
    const resident = await residence.enter(fromText(at('builder/trees/t')));
    rmSync(at('builder/trees'), { recursive: true });
    expect(() => resident.leave()).toThrow(expect.objectContaining({ code: 'FILESYSTEM' }));
    await residence.close();
    expect(picture()).toEqual(before);
  });
});
