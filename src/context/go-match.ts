/** Thrown inside this file for a malformed pattern; never leaves it. */
class BadPattern extends Error {}

interface Chunk {
  /** Preceded by `*`. */
  readonly star: boolean;
  readonly chars: readonly string[];
}

/**
 * Go's `filepath.Match`: `*` and `?` do not match a slash, `[a-z]`, `[^a]` and `\` as in shells. Returns undefined where
 * Go returns `ErrBadPattern`; like Go it only looks at as much of the pattern as the name makes it look at.
 */
export function goMatch(pattern: string, name: string): boolean | undefined {
  try {
    return matchChunks(splitChunks([...pattern]), [...name]);
  } catch (error) {
    if (error instanceof BadPattern) return undefined;
    throw error;
  }
}

function splitChunks(pattern: readonly string[]): Chunk[] {
  const chunks: Chunk[] = [];
  let at = 0;
  while (at < pattern.length) {
    const star = pattern[at] === '*';
    while (pattern[at] === '*') at++;
    const end = chunkEnd(pattern, at);
    chunks.push({ star, chars: pattern.slice(at, end) });
    at = end;
  }
  return chunks;
}

/** The next star outside brackets. */
function chunkEnd(pattern: readonly string[], start: number): number {
  let inClass = false;
  for (let at = start; at < pattern.length; at++) {
    const char = pattern[at];
    if (char === '\\') at++;
    else if (char === '[') inClass = true;
    else if (char === ']') inClass = false;
    else if (char === '*' && !inClass) return at;
  }
  return pattern.length;
}

function matchChunks(chunks: readonly Chunk[], name: readonly string[]): boolean {
  let at = 0;
  for (const [index, { star, chars }] of chunks.entries()) {
    const last = index === chunks.length - 1;
    if (star && chars.length === 0) return !name.includes('/', at);
    const next = placeChunk(chars, name, at, star, last);
    if (next === undefined) return false;
    at = next;
  }
  return at === name.length;
}

/** Where the name goes on behind the chunk's leftmost place; the last chunk has to reach the end. */
function placeChunk(
  chars: readonly string[],
  name: readonly string[],
  start: number,
  star: boolean,
  last: boolean,
): number | undefined {
  for (let at = start; ; at++) {
    const end = matchChunk(chars, name, at);
    if (end !== undefined && (!last || end === name.length)) return end;
    if (!star || at >= name.length || name[at] === '/') return undefined;
  }
}

/** The whole chunk is read even where it failed early, so that a malformed rest is noticed. */
function matchChunk(chars: readonly string[], name: readonly string[], start: number): number | undefined {
  let [at, failed] = [start, false];
  for (let i = 0; i < chars.length; at++) {
    let char = chars[i++] ?? '';
    const subject = name[at];
    failed ||= subject === undefined;
    if (char === '[') {
      const parsed = parseClass(chars, i);
      i = parsed.next;
      failed ||= !parsed.matches(subject?.codePointAt(0) ?? 0);
    } else if (char === '?') failed ||= subject === '/';
    else {
      if (char === '\\') {
        if (i >= chars.length) throw new BadPattern();
        char = chars[i++] ?? '';
      }
      failed ||= char !== subject;
    }
  }
  return failed ? undefined : at;
}

function parseClass(
  chars: readonly string[],
  start: number,
): { readonly next: number; matches(code: number): boolean } {
  let at = start;
  const negated = chars[at] === '^';
  if (negated) at++;
  const bound = (): number => {
    if (chars[at] === '-' || chars[at] === ']') throw new BadPattern();
    if (chars[at] === '\\') at++;
    const code = chars[at++]?.codePointAt(0);
    if (code === undefined || at >= chars.length) throw new BadPattern();
    return code;
  };
  const ranges: [number, number][] = [];
  while (chars[at] !== ']' || ranges.length === 0) {
    const low = bound();
    if (chars[at] === '-') at++;
    else {
      ranges.push([low, low]);
      continue;
    }
    ranges.push([low, bound()]);
  }
  return {
    next: at + 1,
    matches: (code) => ranges.some(([low, high]) => low <= code && code <= high) !== negated,
  };
}
