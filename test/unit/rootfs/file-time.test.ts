import { lstatSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { toFileTime } from '../../../src/rootfs/file-time.ts';

it.each([
  [0n, '0'],
  [5_000_000_000n, '5'],
  [-1_000_000_000n, '-1'],
  [1_700_000_000_000_000_999n, '1700000000'],
  [10n ** 40n, String(2 ** 40)],
  [-(10n ** 40n), String(-(2 ** 40))],
])('%s ns is %s s', (ns, seconds) => {
  expect(toFileTime(ns)).toBe(seconds);
});

it.each([
  1_795_641_649_336_849_000n,
  1_700_000_000_999_999_999n,
  1_700_000_000_000_001_000n,
  -1_500_000_000n,
])('%s ns comes back with its microseconds', (ns) => {
  const directory = mkdtempSync(join(tmpdir(), 'file-time-'));
  try {
    writeFileSync(join(directory, 'f'), '');
    utimesSync(join(directory, 'f'), toFileTime(ns), toFileTime(ns));
    const stored = lstatSync(join(directory, 'f'), { bigint: true }).mtimeNs;
    const micro = (time: bigint): bigint => (time - (((time % 1000n) + 1000n) % 1000n)) / 1000n;
    expect(micro(stored)).toBe(micro(ns));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});
