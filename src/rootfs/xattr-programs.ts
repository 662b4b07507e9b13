import { toText, type BytePath } from '../bytes/index.ts';
import { BuildError } from '../errors/index.ts';
import { runSync } from '../process/index.ts';

const HINT = 'install the package "attr", which has getfattr and setfattr';
/** Comfortably below what the kernel takes as arguments of one program. */
const MAX_BATCH_BYTES = 96 * 1024;

/** Reads one attribute of many files with getfattr(1). Throws FILESYSTEM where it is not installed. */
export function getWithProgram(paths: readonly BytePath[], name: string): Map<BytePath, Uint8Array> {
  const found = new Map<BytePath, Uint8Array>();
  for (const batch of batches(paths)) {
    const names = [...batch.values()];
    const script = `exec getfattr --no-dereference --absolute-names --encoding=base64 --name=${quote(name)} -- ${names.map(quote).join(' ')}`;
    // The names travel in a script on standard input: arguments of a process are text, these are bytes.
    const result = runSync('sh', ['-s'], { input: Buffer.from(script, 'latin1') });
    if (result.status === null || result.status > 1) throw missing('reading', result.stderr);
    for (const [text, value] of parseDump(result.stdout, name)) {
      const path = batch.get(text);
      if (path !== undefined) found.set(path, value);
    }
  }
  return found;
}

/** Sets one attribute on many files with setfattr(1). Throws FILESYSTEM where it is not installed or fails. */
export function setWithProgram(values: ReadonlyMap<BytePath, Uint8Array>, name: string): void {
  const lines = [...values].map(
    ([path, value]) =>
      `setfattr --no-dereference --name=${quote(name)} --value=0x${Buffer.from(value).toString('hex')} -- ${quote(path)} || exit\n`,
  );
  const result = runSync('sh', ['-s'], { input: Buffer.from(lines.join(''), 'latin1') });
  if (result.status !== 0) throw missing('setting', result.stderr);
}

/** `# file: NAME` (some characters as \ooo), then `attribute=0s<base64>`. */
function* parseDump(dump: string, name: string): Generator<readonly [string, Uint8Array]> {
  let path = '';
  for (const line of dump.split('\n')) {
    if (line.startsWith('# file: ')) path = unescape(line.slice('# file: '.length));
    else if (line.startsWith(`${name}=0s`)) {
      yield [path, Buffer.from(line.slice(name.length + 3), 'base64')];
    }
  }
}

function unescape(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

/** Paths by how they look as text, which is how they come back; two that look alike are never in the same batch. */
function* batches(paths: readonly BytePath[]): Generator<Map<string, BytePath>> {
  let batch = new Map<string, BytePath>();
  let size = 0;
  for (const path of paths) {
    const text = toText(path);
    if (batch.size > 0 && (size + path.length > MAX_BATCH_BYTES || batch.has(text))) {
      yield batch;
      [batch, size] = [new Map<string, BytePath>(), 0];
    }
    batch.set(text, path);
    size += path.length;
  }
  if (batch.size > 0) yield batch;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

function missing(what: string, stderr: string): BuildError {
  const text = stderr.trim();
  const isMissing = /not found/.test(text);
  return new BuildError(
    'FILESYSTEM',
    `${what} file capabilities failed: ${text}`,
    isMissing ? { hint: HINT } : {},
  );
}
