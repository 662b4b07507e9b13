import { closeSync, openSync, readSync } from 'node:fs';
import { toFs, type BytePath } from '../bytes/index.ts';

const BLOCK = 1 << 18;

/** True where two regular files hold the same bytes. Reads until the first difference. */
export function sameContent(a: BytePath, b: BytePath): boolean {
  const left = openSync(toFs(a), 'r');
  try {
    const right = openSync(toFs(b), 'r');
    try {
      return sameBytes(left, right);
    } finally {
      closeSync(right);
    }
  } finally {
    closeSync(left);
  }
}

function sameBytes(left: number, right: number): boolean {
  const [x, y] = [Buffer.allocUnsafe(BLOCK), Buffer.allocUnsafe(BLOCK)];
  for (;;) {
    const n = readFully(left, x);
    if (n !== readFully(right, y) || x.compare(y, 0, n, 0, n) !== 0) return false;
    if (n < BLOCK) return true;
  }
}

function readFully(fd: number, into: Buffer): number {
  let done = 0;
  while (done < into.length) {
    const n = readSync(fd, into, done, into.length - done, null);
    if (n === 0) break;
    done += n;
  }
  return done;
}
