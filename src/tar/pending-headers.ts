import { BuildError } from '../errors/index.ts';
import { damaged, overLimit } from './archive-error.ts';
import type { HeaderBlock } from './header-block.ts';
import type { TarLimits } from './limits.ts';
import { parsePaxRecords, type PaxRecords } from './pax-records.ts';
import type { ExtendedHeaders } from './read-entry.ts';

const NONE: PaxRecords = new Map();
const NOTHING: ExtendedHeaders = { pax: NONE, longName: '', longLink: '' };

/**
 * Records that would change what the entries after a global header are. Go, and with it docker and containerd, ignore
 * them, GNU tar and libarchive apply them: such an archive has two meanings.
 */
const AMBIGUOUS_GLOBALS = ['path', 'linkpath', 'size'];

/** True for headers that are not entries: they describe the entry after them. */
export function isExtendedHeader({ typeflag }: HeaderBlock): boolean {
  return typeflag === 'x' || typeflag === 'g' || typeflag === 'L' || typeflag === 'K';
}

/** Collects extended headers until the entry they belong to arrives. */
export class PendingHeaders {
  readonly #limits: TarLimits;
  #pieces: Buffer[] = [];
  #typeflag = '';
  #headers: ExtendedHeaders = NOTHING;

  constructor(limits: TarLimits) {
    this.#limits = limits;
  }

  /** Starts one; returns how many bytes of content it has. */
  begin({ typeflag, size }: HeaderBlock): number {
    const limit = this.#limits.extendedHeaderBytes;
    if (size < 0n) throw damaged('the size of an extended header is negative');
    if (size > BigInt(limit)) throw overLimit('an extended header is too long', limit);
    if (typeflag === 'g' && !this.isEmpty())
      throw damaged('a global header stands between an entry and its extended header');
    this.#typeflag = typeflag;
    this.#pieces = [];
    return Number(size);
  }

  append(piece: Buffer): void {
    this.#pieces.push(Buffer.from(piece));
  }

  /** The content of the one begun is complete. */
  end(): void {
    const content = Buffer.concat(this.#pieces);
    this.#pieces = [];
    if (this.#typeflag === 'g') checkGlobal(parsePaxRecords(content));
    else if (this.#typeflag === 'x') this.#headers = { ...this.#headers, pax: parsePaxRecords(content) };
    else if (this.#typeflag === 'L') this.#headers = { ...this.#headers, longName: untilNul(content) };
    else this.#headers = { ...this.#headers, longLink: untilNul(content) };
  }

  /** What was collected for the entry that begins now; nothing is pending afterwards. */
  take(): ExtendedHeaders {
    const headers = this.#headers;
    this.#headers = NOTHING;
    return headers;
  }

  isEmpty(): boolean {
    return this.#headers === NOTHING;
  }
}

function untilNul(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return bytes.toString('latin1', 0, end < 0 ? bytes.length : end);
}

function checkGlobal(records: PaxRecords): void {
  const key = AMBIGUOUS_GLOBALS.find((name) => records.has(name));
  if (key === undefined) return;
  throw new BuildError('ARCHIVE', `the tar archive sets ${key} for all its entries in a global PAX header`, {
    hint: 'tools disagree about what that means; pack it again with GNU tar',
  });
}
