import { existsSync, lstatSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * The directory that `make` fills, made once a day and shared by test files and runs: others see it only when it is whole.
 * The name tells what is in it. Throws where somebody else owns the cache.
 */
export async function cached(name: string, make: (directory: string) => Promise<void>): Promise<string> {
  const parent = cacheParent();
  const directory = join(parent, `${name}-${new Date().toISOString().slice(0, 10)}`);
  if (existsSync(directory)) return directory;
  const fresh = mkdtempSync(join(parent, 'making-'));
  try {
    await make(fresh);
    publish(fresh, directory);
    return directory;
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

function cacheParent(): string {
  const uid = process.getuid?.() ?? 0;
  const parent = join(tmpdir(), `ts-kaniko-test-cache-${uid}`);
  mkdirSync(parent, { recursive: true, mode: 0o755 });
  const stat = lstatSync(parent);
  if (!stat.isDirectory() || stat.uid !== uid || (stat.mode & 0o022) !== 0)
    throw new Error(`${parent} is not a directory of ours alone`);
  return parent;
}

/** Where another run was faster, its directory counts. */
function publish(fresh: string, directory: string): void {
  try {
    renameSync(fresh, directory);
  } catch (error) {
    if (!['ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}
