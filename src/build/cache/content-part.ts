import { createHash, type Hash } from 'node:crypto';
import { closeSync, constants, openSync, readSync } from 'node:fs';
import { fromText, toFs, toText, type BytePath } from '../../bytes/index.ts';
import { keyPart, type KeyPart } from '../../cache/index.ts';
import type { Sightings } from '../../context/index.ts';
import { planCopy, type CopyRequest } from '../../copy/index.ts';
import { BuildError } from '../../errors/index.ts';
import { resolveInRoot, TreeIndex, type RootView } from '../../rootfs/index.ts';
import type { ContentSource, TarMember } from '../../tar/index.ts';

/** One for all files, as most are small and each is read at once. */
const BUFFER = Buffer.allocUnsafe(1 << 20);

/** What of a COPY decides about what is copied. */
export type CopiedSelection = Pick<
  CopyRequest,
  'parents' | 'excludes' | 'isContext' | 'isIgnored' | 'location'
>;

/** Digests of files of this machine: each is read once, as long as it looks the same. */
export class FileDigests {
  readonly #known = new Map<string, string>();

  of(content: ContentSource, sightings?: Sightings): string {
    if (content.kind === 'bytes') return createHash('sha256').update(content.bytes).digest('hex');
    const name = `${content.path}\0${sightings?.stampOf(content.path) ?? ''}`;
    const known = this.#known.get(name) ?? digestOfFile(content.path);
    this.#known.set(name, known);
    return known;
  }
}

/**
 * What one source of a COPY comes to: names, types, modes, owners, link targets and bytes of all that is copied, after
 * ignore rules; no times, as in BuildKit. `sightings` are those of the view, where it may change. Throws what planCopy
 * throws where the source is not there.
 */
export function contentPart(
  source: string,
  view: RootView,
  selection: CopiedSelection,
  digests: FileDigests,
  sightings?: Sightings,
): KeyPart {
  const members = copiedMembers(source, view, selection);
  sightings?.settle();
  const hash = createHash('sha256');
  for (const member of members) addMember(hash, member, digests, sightings);
  return keyPart(`content of ${withoutRoot(source).slice(0, 500)}`, hash.digest('hex'));
}

/** What one source of a COPY stands for, at no place of its own. */
export function copiedMembers(source: string, view: RootView, selection: CopiedSelection): TarMember[] {
  return planCopy({
    ...selection,
    source: view,
    sources: [source],
    destination: '/to/',
    workdir: '/',
    target: new TreeIndex(),
    now: 0,
  });
}

function addMember(hash: Hash, member: TarMember, digests: FileDigests, sightings?: Sightings): void {
  const { path, type, mode, uid, gid, size, linkname, devMajor, devMinor, xattrs, content } = member;
  const row = [path, type, mode, uid, gid, size, linkname, devMajor, devMinor];
  const attributes = [...xattrs].map(([name, value]) => [name, Buffer.from(value).toString('hex')]);
  const bytes = content === undefined ? '' : digests.of(content, sightings);
  // JSON frames its strings: no two members give one text.
  hash.update(`${JSON.stringify([row, attributes, bytes])}\n`);
}

function digestOfFile(path: BytePath): string {
  const hash = createHash('sha256');
  const descriptor = openSync(toFs(path), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    for (let count = readSync(descriptor, BUFFER); count > 0; count = readSync(descriptor, BUFFER))
      hash.update(BUFFER.subarray(0, count));
  } finally {
    closeSync(descriptor);
  }
  return hash.digest('hex');
}

/**
 * The source that means exactly what a mount is of: its links followed, and nothing in its name taken for a pattern. Throws
 * CONTEXT where it is not there.
 */
export function mountedSource(source: string, view: RootView): string {
  const { path, stat } = resolveInRoot(view, fromText(source));
  if (stat === undefined) throw new BuildError('CONTEXT', `${JSON.stringify(source)}: not found`);
  const literal = toText(path).replace(/[*?[\\]/g, (letter) => (letter === '\\' ? '[\\\\]' : `[${letter}]`));
  // A pattern may match nothing, as where a name is no text.
  if (literal !== path && copiedMembers(literal, view, { isContext: true }).length === 0)
    throw new BuildError('CONTEXT', `${JSON.stringify(source)}: its name cannot be told`);
  return literal;
}

/** `./a`, `/a` and `a` are one source. */
export function withoutRoot(source: string): string {
  return source.replace(/^(?:\.?\/)+(?=[^/])/, '');
}
