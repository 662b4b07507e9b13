import { quote } from '../characters.ts';
import { BuildError } from '../../errors/index.ts';
import { type Expansion, type ExpandOptions, type Lookup } from './expansion.ts';
import { WordLexer } from './word-lexer.ts';

/**
 * A word with `$name` and `${…}` replaced, quotes and escapes removed, and the names it looked at.
 * Knows `${v:-w} ${v:+w} ${v:?w}` with and without the colon, `${v#p} ${v##p} ${v%p} ${v%%p}`,
 * `${v/p/r} ${v//p/r}`; unset variables are empty. Throws DOCKERFILE_SEMANTICS for bad syntax and for
 * what `${v:?message}` refuses.
 */
export function expand(word: string, lookup: Lookup, options: ExpandOptions): Expansion {
  try {
    const expansion = new WordLexer(word, lookup, options).run();
    if (expansion.unmatched.size > 0) options.onUnmatched?.(expansion.unmatched);
    return expansion;
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    throw new BuildError(error.code, `failed to process ${quote(word)}: ${error.message}`, {
      hint: error.hint,
    });
  }
}

/** The expanded word as one string; see expand. */
export function expandWord(word: string, lookup: Lookup, options: ExpandOptions): string {
  return expand(word, lookup, options).text;
}

/** The expanded word split into words; see expand. */
export function expandWords(word: string, lookup: Lookup, options: ExpandOptions): readonly string[] {
  return expand(word, lookup, options).words;
}
