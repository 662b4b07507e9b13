import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fromText } from '../../../src/bytes/index.ts';
import { clearRoot, foreignPaths, KeptPaths } from '../../../src/rootfs/index.ts';

let root: string;
const at = (path: string): string => join(root, path);
const kept = new KeptPaths(['/builder', '/etc/hosts', '/proc', '/absent/file'].map(fromText));

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'own-root-'));
  for (const path of ['builder', 'etc', 'proc', 'tmp/empty']) mkdirSync(at(path), { recursive: true });
  for (const path of ['builder/program', 'etc/hosts']) writeFileSync(at(path), '');
});
afterEach(() => rmSync(root, { recursive: true }));

describe('KeptPaths', () => {
  it('tells what is kept, what leads there, and what is covered', () => {
    expect(kept.isKept(fromText('etc/hosts'))).toBe(true);
    expect(kept.leadsToKept(fromText('etc'))).toBe(true);
    expect(kept.isKept(fromText('etc'))).toBe(false);
    expect(kept.covers(fromText('builder/program'))).toBe(true);
    expect(kept.covers(fromText('builders'))).toBe(false);
  });
});

describe('foreignPaths', () => {
  it('finds nothing in a root with the builder, mounts and empty directories', () => {
    expect(foreignPaths(fromText(root), kept)).toEqual([]);
  });

  it('names files, links and directories that hold some', () => {
    writeFileSync(at('etc/passwd'), '');
    mkdirSync(at('usr/bin'), { recursive: true });
    symlinkSync('/builder', at('usr/bin/link'));
    expect(foreignPaths(fromText(root), kept).sort()).toEqual(['etc/passwd', 'usr']);
  });
});

describe('clearRoot', () => {
  it('leaves what is kept and the way to it', () => {
    writeFileSync(at('etc/passwd'), '');
    mkdirSync(at('usr/share'), { recursive: true });
    clearRoot(fromText(root), kept);
    expect(readdirSync(root).sort()).toEqual(['builder', 'etc', 'proc']);
    expect(readdirSync(at('etc'))).toEqual(['hosts']);
    expect(existsSync(at('builder/program'))).toBe(true);
  });

  it('removes links without following them', () => {
    const outside = mkdtempSync(join(tmpdir(), 'outside-'));
    writeFileSync(join(outside, 'file'), '');
    symlinkSync(outside, at('link'));
    symlinkSync(at('builder'), at('tmp/link'));
    clearRoot(fromText(root), kept);
    expect(existsSync(join(outside, 'file'))).toBe(true);
    expect(existsSync(at('builder/program'))).toBe(true);
    rmSync(outside, { recursive: true });
  });
});
