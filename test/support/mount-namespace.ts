import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Mounts a tmpfs on $1, where nobody else sees it, and runs the rest with that directory as its last argument. */
const SCRIPT = 'dir=$1; shift; mount -t tmpfs -o mode=755 scratch "$dir" && exec "$@" "$dir"';

function inNamespace(directory: string, command: readonly string[], input: string) {
  const args = ['--mount', '--propagation', 'private', 'sh', '-c', SCRIPT, 'sh', directory, ...command];
  return spawnSync('unshare', args, { input, encoding: 'utf8', maxBuffer: 1 << 26 });
}

/** Why mounts cannot be made here; undefined where they can. */
export function mountsRefused(): string | undefined {
  return withDirectory((directory) => {
    const tried = inNamespace(directory, ['true'], '');
    return tried.status === 0 ? undefined : tried.stderr.trim() || String(tried.error);
  });
}

/** Runs a program of test/support in a mount namespace of its own with an empty scratch directory; returns its output. */
export function runInNamespace(program: string, input: unknown): unknown {
  const path = new URL(program, import.meta.url).pathname;
  const result = withDirectory((directory) =>
    inNamespace(directory, [process.execPath, path], JSON.stringify(input)),
  );
  if (result.status !== 0) throw new Error(`${program}: ${result.stderr}`);
  return JSON.parse(result.stdout);
}

function withDirectory<T>(work: (directory: string) => T): T {
  const directory = mkdtempSync(join(tmpdir(), 'mounts-'));
  try {
    return work(directory);
  } finally {
    rmdirSync(directory);
  }
}
