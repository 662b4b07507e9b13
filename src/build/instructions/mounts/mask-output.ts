const MASK = '***';
/** What is shorter stands in many a harmless line. */
const SHORTEST = 4;

export interface OutputMask {
  /** Takes output as it comes; returns what can be shown of it. */
  text(stream: 'stdout' | 'stderr', text: string): string;
  /** Returns what was held back. */
  end(stream: 'stdout' | 'stderr'): string;
}

/**
 * Replaces secrets in the output of a RUN, whole or line by line. What may be the beginning of one is held back until it is
 * clear.
 */
export function maskOutput(secrets: readonly Uint8Array[]): OutputMask {
  const words = wordsOf(secrets);
  const held = { stdout: '', stderr: '' };
  return {
    text: (stream, text) => {
      const all = masked(held[stream] + text, words);
      const keep = words.length === 0 ? 0 : unclearLength(all, words);
      held[stream] = all.slice(all.length - keep);
      return all.slice(0, all.length - keep);
    },
    end: (stream) => {
      const rest = held[stream];
      held[stream] = '';
      return rest;
    },
  };
}

/** Longest first: one secret may be part of another. */
function wordsOf(secrets: readonly Uint8Array[]): string[] {
  const texts = secrets.map((secret) => Buffer.from(secret).toString('utf8'));
  const words = texts.flatMap((text) => [text, ...text.split(/\r?\n/)]).map((word) => word.trim());
  return [...new Set(words)].filter((word) => word.length >= SHORTEST).sort((a, b) => b.length - a.length);
}

function masked(text: string, words: readonly string[]): string {
  return words.reduce((shown, word) => shown.replaceAll(word, MASK), text);
}

/** How much of the end of a text may be the beginning of a word. */
function unclearLength(text: string, words: readonly string[]): number {
  let longest = 0;
  for (const word of words) {
    for (let length = Math.min(word.length - 1, text.length); length > longest; length--) {
      if (word.startsWith(text.slice(text.length - length))) longest = length;
    }
  }
  return longest;
}
