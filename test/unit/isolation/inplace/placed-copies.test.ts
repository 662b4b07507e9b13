import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PlacedCopies } from '../../../../src/isolation/inplace/placed-copies.ts';

let directory: string;
let copies: PlacedCopies;
const at = (path: string): string => join(directory, path);
const own = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'placed-copies-'));
  for (const path of ['root/target', 'aside', 'source']) mkdirSync(at(path), { recursive: true });
  writeFileSync(at('source/file'), 'content');
  copies = new PlacedCopies({
    root: at('root'),
    aside: at('aside'),
    cp: 'cp',
    isMountPoint: (path) => path === at('root/mounted'),
  });
});
afterEach(() => rmSync(directory, { recursive: true }));

const bind = (readOnly: boolean) =>
  ({ kind: 'bind', source: at('source'), target: '/target', readOnly }) as const;

describe('a bind', () => {
  it('is a copy for the time of the RUN, and what it hid comes back', () => {
    writeFileSync(at('root/target/hidden'), '');
    copies.mount(bind(true));
    expect(readFileSync(at('root/target/file'), 'utf8')).toBe('content');
    expect(existsSync(at('root/target/hidden'))).toBe(false);
    copies.restore();
    expect(existsSync(at('root/target/hidden'))).toBe(true);
    expect(existsSync(at('root/target/file'))).toBe(false);
  });

  it('leaves the times of directories as they were, but where RUN changed them', () => {
    utimesSync(at('root'), 1000, 1000);
    copies.mount(bind(true));
    copies.restore();
    expect(statSync(at('root')).mtimeMs).toBe(1_000_000);
    copies.mount(bind(true));
    writeFileSync(at('root/new'), '');
    copies.restore();
    expect(statSync(at('root')).mtimeMs).toBeGreaterThan(1_000_000);
  });

  it('that is read-only changes nothing of its source', () => {
    copies.mount(bind(true));
    writeFileSync(at('root/target/file'), 'changed');
    copies.restore();
    expect(readFileSync(at('source/file'), 'utf8')).toBe('content');
  });

  it('that may be written to gives back what RUN wrote', () => {
    copies.mount(bind(false));
    writeFileSync(at('root/target/new'), 'written');
    rmSync(at('root/target/file'));
    copies.restore();
    expect(readFileSync(at('source/new'), 'utf8')).toBe('written');
    expect(existsSync(at('source/file'))).toBe(false);
  });

  it('is refused where the container has a mount', () => {
    expect(() => copies.mount({ ...bind(true), target: '/mounted' })).toThrow(/has a mount there/);
  });

  it('does not reach through a link that RUN put in the place of a parent', () => {
    mkdirSync(at('root/a/b'), { recursive: true });
    copies.mount({ ...bind(true), target: '/a/b' });
    renameSync(at('root/a'), at('root/moved'));
    mkdirSync(at('victim/b'), { recursive: true });
    writeFileSync(at('victim/b/file'), '');
    symlinkSync(at('victim'), at('root/a'));
    copies.restore();
    expect(existsSync(at('victim/b/file'))).toBe(true);
  });
});

describe('others', () => {
  it('a secret has its mode, and is gone afterwards', () => {
    copies.mount({ kind: 'secret', target: '/secret', content: Buffer.from('word'), mode: 0o400, ...own });
    expect(statSync(at('root/secret')).mode & 0o777).toBe(0o400);
    expect(readFileSync(at('root/secret'), 'utf8')).toBe('word');
    copies.restore();
    expect(lstatSync(at('root/secret'), { throwIfNoEntry: false })).toBeUndefined();
  });

  it('a tmpfs is an empty directory for everybody', () => {
    copies.mount({ kind: 'tmpfs', target: '/target', readOnly: false });
    expect(statSync(at('root/target')).mode & 0o7777).toBe(0o1777);
  });
});
