/** Further than this from every candidate, a suggestion would be a guess. */
const MAX_DISTANCE = 2;

/**
 * The candidate a mistyped word most likely meant, at most two edits away; undefined when none is near
 * or when the word is itself a candidate. Ties go to the alphabetically first.
 */
export function suggest(word: string, candidates: Iterable<string>): string | undefined {
  const sorted = [...new Set(candidates)].sort();
  if (sorted.includes(word)) return undefined;
  let best: string | undefined;
  let bestDistance = MAX_DISTANCE + 1;
  for (const candidate of sorted) {
    if (Math.abs(word.length - candidate.length) >= bestDistance) continue;
    const distance = editDistance(word, candidate);
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/** As suggest, blind to case; the answer takes the case of the word where that is all upper or all lower. */
export function suggestIgnoringCase(word: string, candidates: Iterable<string>): string | undefined {
  const lower = [...candidates].map((candidate) => candidate.toLowerCase());
  const match = suggest(word.toLowerCase(), lower);
  if (match === undefined) return undefined;
  return word === word.toUpperCase() ? match.toUpperCase() : match;
}

/** ` (did you mean X?)` to append to a message, or the empty string. */
export function didYouMean(match: string | undefined): string {
  return match === undefined ? '' : ` (did you mean ${match}?)`;
}

/** Edits (a letter more, less or other, two neighbours swapped) between two words, in UTF-16 units. */
function editDistance(a: string, b: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const edits = Math.min(substitution, (previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      current.push(swapped ? Math.min(edits, (beforePrevious[j - 2] ?? 0) + 1) : edits);
    }
    [beforePrevious, previous] = [previous, current];
  }
  return previous[b.length] ?? 0;
}
