import { describe, expect, it } from 'vitest';
import { fromText } from '../../../src/bytes/index.ts';
import { resolveInRoot } from '../../../src/rootfs/index.ts';
import { MemoryRoot } from '../../support/memory-root.ts';

const view = MemoryRoot.of([
  ['/usr', 'd', 0o755, 0, 0, 0],
  ['/usr/lib', 'd', 0o755, 0, 0, 0],
  ['/usr/lib/a', 'f', 0o644, 0, 0, 0, 'x'],
  ['/lib', 'l', 0o777, 0, 0, 0, 'usr/lib'],
  ['/abs', 'l', 0o777, 0, 0, 0, '/usr/lib'],
  ['/out', 'l', 0o777, 0, 0, 0, '../../../../usr'],
  ['/dangling', 'l', 0o777, 0, 0, 0, 'none/x'],
  ['/self', 'l', 0o777, 0, 0, 0, 'self'],
  ['/ping', 'l', 0o777, 0, 0, 0, 'pong'],
  ['/pong', 'l', 0o777, 0, 0, 0, '/ping'],
  ['/usr/up', 'l', 0o777, 0, 0, 0, '../lib/a'],
]);

describe('resolveInRoot', () => {
  it.each([
    ['/', '/', 'directory'],
    ['', '/', 'directory'],
    ['usr//lib/./a', '/usr/lib/a', 'file'],
    ['/usr/lib/', '/usr/lib', 'directory'],
    ['/lib/a', '/usr/lib/a', 'file'],
    ['/abs/a', '/usr/lib/a', 'file'],
    ['/out/lib', '/usr/lib', 'directory'],
    ['/lib/../x', '/usr/x', undefined],
    ['/../../usr', '/usr', 'directory'],
    ['/usr/up', '/usr/lib/a', 'file'],
    ['/none/x/../y', '/none/y', undefined],
    ['/dangling', '/none/x', undefined],
    ['/dangling/y', '/none/x/y', undefined],
    ['/usr/lib/a/b', '/usr/lib/a/b', undefined],
  ])('%s leads to %s', (path, expected, type) => {
    const found = resolveInRoot(view, fromText(path));
    expect(found.path).toBe(expected);
    expect(found.stat?.type).toBe(type);
  });

  it('keeps the last link where asked to, and only that one', () => {
    expect(resolveInRoot(view, fromText('/usr/up'), { followLast: false })).toMatchObject({
      path: '/usr/up',
      stat: { type: 'symlink' },
    });
    expect(resolveInRoot(view, fromText('/out/up'), { followLast: false }).path).toBe('/usr/up');
  });

  it.each(['/self', '/ping', '/self/x'])('%s is an error that says why', (path) => {
    expect(() => resolveInRoot(view, fromText(path))).toThrow(`${path}: too many levels of symbolic links`);
  });
});
