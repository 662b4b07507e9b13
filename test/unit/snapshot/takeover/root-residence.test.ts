import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fromText } from '../../../../src/bytes/index.ts';
import { DiskRoot } from '../../../../src/rootfs/index.ts';
import { RootResidence } from '../../../../src/snapshot/index.ts';

let root: string;
let residence: RootResidence;
const at = (path: string): string => join(root, path);
const tree = (): string => at('builder/trees/t');

/** A root with the builder, a mount-like file in /etc and a file of the container's own. */
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'root-residence-'));
  for (const path of ['builder/trees/t', 'etc']) mkdirSync(at(path), { recursive: true });
  writeFileSync(at('etc/hosts'), 'of the engine');
  writeFileSync(at('etc/passwd'), 'of the container');
  residence = new RootResidence({
    root: fromText(root),
    kept: ['/builder', '/etc/hosts'],
    journal: at('builder/journal'),
    own: fromText(at('builder/own')),
  });
});
afterEach(() => rmSync(root, { recursive: true }));

function fillTree(): void {
  mkdirSync(join(tree(), 'etc'));
  mkdirSync(join(tree(), 'usr'));
  writeFileSync(join(tree(), 'etc/hosts'), 'of the image');
  writeFileSync(join(tree(), 'etc/passwd'), 'of the image');
  writeFileSync(join(tree(), 'usr/program'), '');
  chmodSync(join(tree(), 'etc'), 0o750);
  utimesSync(join(tree(), 'etc'), 1000, 1000);
}

describe('a tree in the root', () => {
  it('is there with all but what lies under something kept', async () => {
    fillTree();
    const resident = await residence.enter(fromText(tree()));
    expect(readFileSync(at('etc/passwd'), 'utf8')).toBe('of the image');
    expect(readFileSync(at('etc/hosts'), 'utf8')).toBe('of the engine');
    expect(existsSync(at('usr/program'))).toBe(true);
    expect(statSync(at('etc')).mode & 0o777).toBe(0o750);
    expect(statSync(at('etc')).mtimeMs).toBe(1_000_000);
    resident.leave();
  });

  it('is seen without what lies in mounts, so that no path of it leads there', async () => {
    fillTree();
    const { seen, leave } = await residence.enter(fromText(tree()));
    const view = seen(new DiskRoot(fromText(root)));
    expect(view.lstat(fromText('/etc/passwd'))?.type).toBe('file');
    expect(view.lstat(fromText('/builder'))?.type).toBe('directory');
    expect(view.lstat(fromText('/builder/trees'))).toBeUndefined();
    expect(view.readdir(fromText('/builder'))).toEqual([]);
    leave();
  });

  it('goes back with what was added, and without what was removed', async () => {
    fillTree();
    const resident = await residence.enter(fromText(tree()));
    writeFileSync(at('etc/new'), '');
    mkdirSync(at('srv'));
    rmSync(at('usr'), { recursive: true });
    resident.leave();
    expect(readdirSync(tree()).sort()).toEqual(['etc', 'srv']);
    expect(readdirSync(join(tree(), 'etc')).sort()).toEqual(['hosts', 'new', 'passwd']);
    expect(readFileSync(join(tree(), 'etc/hosts'), 'utf8')).toBe('of the image');
    expect(readdirSync(root).sort()).toEqual(['builder', 'etc']);
  });

  it('leaves the root as it was', async () => {
    fillTree();
    utimesSync(at('etc'), 500, 500);
    (await residence.enter(fromText(tree()))).leave();
    expect(readFileSync(at('etc/passwd'), 'utf8')).toBe('of the container');
    expect(readFileSync(at('etc/hosts'), 'utf8')).toBe('of the engine');
    expect(statSync(at('etc')).mtimeMs).toBe(500_000);
    expect(readdirSync(at('builder'))).toEqual(['trees']);
  });

  it('waits for the one before it', async () => {
    const first = await residence.enter(fromText(tree()));
    const order: string[] = [];
    mkdirSync(at('builder/trees/u'));
    const second = residence
      .enter(fromText(at('builder/trees/u')))
      .then((resident) => (order.push('second'), resident));
    await new Promise((resolve) => setTimeout(resolve, 20));
    order.push('first');
    first.leave();
    (await second).leave();
    expect(order).toEqual(['first', 'second']);
  });

  it('does not follow a link that RUN put in the place of a directory', async () => {
    fillTree();
    const outside = mkdtempSync(join(tmpdir(), 'outside-'));
    writeFileSync(join(outside, 'file'), '');
    const resident = await residence.enter(fromText(tree()));
    rmSync(at('usr'), { recursive: true });
    symlinkSync(outside, at('usr'));
    resident.leave();
    expect(readdirSync(outside)).toEqual(['file']);
    rmSync(outside, { recursive: true });
  });
});
