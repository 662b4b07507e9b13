import { type BytePath } from '../bytes/index.ts';
import { BuildError } from '../errors/index.ts';
import { runSync } from '../process/index.ts';
import type { TarEntry } from '../tar/index.ts';

export interface SpecialFile {
  readonly path: BytePath;
  readonly entry: TarEntry;
}

/**
 * Makes fifos and device nodes, mode 0600, with mknod(1), which Node lacks. Nothing may be at their paths. Returns the
 * ones that are there now: devices that this process may not make (in a user namespace the kernel allows none) are left
 * out. Throws FILESYSTEM where a fifo cannot be made.
 */
export function makeSpecialFiles(files: readonly SpecialFile[]): SpecialFile[] {
  if (files.length === 0) return [];
  // The names travel in a script on standard input: arguments of a process are text, these are bytes.
  const script = files.map(
    ({ path, entry }, index) => `mknod -m 600 ${quote(path)} ${kindOf(entry)} && echo ${index}\n`,
  );
  const result = runSync('sh', ['-s'], { input: Buffer.from(script.join(''), 'latin1') });
  const made = new Set(result.stdout.split('\n'));
  const isMade = (_: SpecialFile, index: number): boolean => made.has(String(index));
  if (files.some((file, index) => file.entry.type === 'fifo' && !isMade(file, index))) {
    throw new BuildError('FILESYSTEM', `named pipes cannot be made: ${result.stderr.trim()}`);
  }
  return files.filter(isMade);
}

function kindOf(entry: TarEntry): string {
  if (entry.type === 'fifo') return 'p';
  return `${entry.type === 'char' ? 'c' : 'b'} ${entry.devMajor} ${entry.devMinor}`;
}

function quote(path: BytePath): string {
  return `'${path.replaceAll("'", String.raw`'\''`)}'`;
}
