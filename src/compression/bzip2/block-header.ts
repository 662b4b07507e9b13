import type { BitReader } from './bit-reader.ts';
import { CodeTable, MAX_CODE_BITS } from './code-table.ts';
import { damaged } from './damaged.ts';

/** What a block says of itself before its data. */
export interface BlockHeader {
  /** Where the block's first byte went when it was sorted. */
  readonly origin: number;
  /** The byte values in use, ascending. */
  readonly alphabet: Uint8Array;
  readonly tables: readonly CodeTable[];
  /** Which table each group of 50 symbols uses. */
  readonly selectors: Uint8Array;
}

/** Reads what follows a block's checksum. Throws ARCHIVE. */
export function readBlockHeader(reader: BitReader): BlockHeader {
  if (reader.read(1) === 1) throw damaged('blocks of its early versions are not supported');
  const origin = reader.read(24);
  const alphabet = readAlphabet(reader);
  const tableCount = reader.read(3);
  if (tableCount < 2 || tableCount > 6) throw damaged('wrong number of code tables');
  const selectors = readSelectors(reader, tableCount);
  const tables = Array.from({ length: tableCount }, () => readTable(reader, alphabet.length + 2));
  return { origin, alphabet, tables, selectors };
}

function readAlphabet(reader: BitReader): Uint8Array {
  const ranges = reader.read(16);
  const used: number[] = [];
  for (let high = 0; high < 16; high++) {
    if ((ranges & (0x8000 >> high)) === 0) continue;
    const range = reader.read(16);
    for (let low = 0; low < 16; low++) if ((range & (0x8000 >> low)) !== 0) used.push(high * 16 + low);
  }
  if (used.length === 0) throw damaged('a block without symbols');
  return Uint8Array.from(used);
}

function readSelectors(reader: BitReader, tableCount: number): Uint8Array {
  const selectors = new Uint8Array(reader.read(15));
  if (selectors.length === 0) throw damaged('a block without selectors');
  const recent = Array.from({ length: tableCount }, (_, index) => index);
  for (let at = 0; at < selectors.length; at++) {
    let rank = 0;
    while (reader.read(1) === 1) if (++rank >= tableCount) throw damaged('unknown code table');
    const [table = 0] = recent.splice(rank, 1);
    recent.unshift(table);
    selectors[at] = table;
  }
  return selectors;
}

/** Code lengths are told by their differences. */
function readTable(reader: BitReader, symbols: number): CodeTable {
  const lengths = new Uint8Array(symbols);
  let length = reader.read(5);
  for (let symbol = 0; symbol < symbols; symbol++) {
    for (;;) {
      if (length < 1 || length > MAX_CODE_BITS) throw damaged('wrong code length');
      if (reader.read(1) === 0) break;
      length += reader.read(1) === 0 ? 1 : -1;
    }
    lengths[symbol] = length;
  }
  return new CodeTable(lengths);
}
