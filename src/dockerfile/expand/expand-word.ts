import { quote } from '../characters.ts';
import { type Escape } from '../directives.ts';
import { BuildError } from '../../errors/index.ts';
import { WordLexer } from './word-lexer.ts';

/** The value of a variable; undefined for one that is not set. */
export type Lookup = (name: string) => string | undefined;

export interface ExpandOptions {
  readonly escape: Escape;
  /** Keep the quotes in the result. */
  readonly rawQuotes?: boolean | undefined;
  /** Keep the escape characters in the result. */
  readonly rawEscapes?: boolean | undefined;
  /** Quotes are ordinary characters, as in a heredoc's body. */
  readonly ignoreQuotes?: boolean | undefined;
  /** Leave references to unset variables as written. */
  readonly keepUnset?: boolean | undefined;
}

export interface Expansion {
  readonly text: string;
  /** The text split at blanks that no quote or escape protects; empty words are left out. */
  readonly words: readonly string[];
  /** Names looked up that are set. */
  readonly matched: ReadonlySet<string>;
  /** Names looked up that are not. */
  readonly unmatched: ReadonlySet<string>;
}

/**
 * A word with `$name` and `${…}` replaced, quotes and escapes removed, and the names it looked at.
 * Knows `${v:-w} ${v:+w} ${v:?w}` with and without the colon, `${v#p} ${v##p} ${v%p} ${v%%p}`,
 * `${v/p/r} ${v//p/r}`; unset variables are empty. Throws DOCKERFILE_SEMANTICS for bad syntax and for
 * what `${v:?message}` refuses.
 */
export function expand(word: string, lookup: Lookup, options: ExpandOptions): Expansion {
  try {
    return new WordLexer(word, lookup, options).run();
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
