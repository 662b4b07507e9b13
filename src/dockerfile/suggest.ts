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

/** Levenshtein distance in UTF-16 units. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      current.push(Math.min(substitution, (previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}
