declare const brand: unique symbol;

/**
 * A file name or path as bytes, carried in a string of one char per byte (latin1). Linux names are bytes, not text:
 * this survives names that are not UTF-8, compares bytewise with `<`, and costs one byte a char in V8.
 */
export type BytePath = string & { readonly [brand]: 'BytePath' };

const ASCII = /^[\x00-\x7f]*$/;

/** Text as a BytePath (its UTF-8 bytes). */
export function fromText(text: string): BytePath {
  return (ASCII.test(text) ? text : Buffer.from(text, 'utf8').toString('latin1')) as BytePath;
}

/** A BytePath as text for people; bytes that are not UTF-8 become U+FFFD. */
export function toText(path: BytePath): string {
  return ASCII.test(path) ? path : Buffer.from(path, 'latin1').toString('utf8');
}

/** Raw bytes as a BytePath. */
export function fromBytes(bytes: Uint8Array): BytePath {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1') as BytePath;
}

/** The raw bytes of a BytePath. */
export function toBytes(path: BytePath): Buffer {
  return Buffer.from(path, 'latin1');
}

/** What `node:fs` takes for this path: the string where it is ASCII (fast), a Buffer otherwise. */
export function toFs(path: BytePath): string | Buffer {
  return ASCII.test(path) ? path : Buffer.from(path, 'latin1');
}

/** `a/b` without doubling slashes. No normalisation of `.` and `..`. */
export function joinPath(a: BytePath, b: BytePath): BytePath {
  if (a === '') return b;
  if (b === '') return a;
  if (a.endsWith('/')) return (b.startsWith('/') ? a + b.slice(1) : a + b) as BytePath;
  return (b.startsWith('/') ? a + b : `${a}/${b}`) as BytePath;
}

/** Everything before the last slash: `/` for `/x`, empty for `x`. */
export function parentPath(path: BytePath): BytePath {
  const cut = path.lastIndexOf('/');
  if (cut < 0) return '' as BytePath;
  return (cut === 0 ? '/' : path.slice(0, cut)) as BytePath;
}

/** What follows the last slash. */
export function baseName(path: BytePath): BytePath {
  return path.slice(path.lastIndexOf('/') + 1) as BytePath;
}

/** The components of a path, without empty ones and `.`; `..` is kept for the caller to judge. */
export function components(path: BytePath): BytePath[] {
  return path.split('/').filter((part) => part !== '' && part !== '.') as BytePath[];
}

/** Bytewise order, as layers are sorted. */
export function comparePaths(a: BytePath, b: BytePath): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
