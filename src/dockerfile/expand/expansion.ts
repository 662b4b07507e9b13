import { type Escape } from '../directives.ts';

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
  /** Told, once for each word, the names in it that are not set, where there are any. */
  readonly onUnmatched?: ((names: ReadonlySet<string>) => void) | undefined;
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
