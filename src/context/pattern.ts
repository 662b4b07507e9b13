import { compileGoRegexp } from './go-regexp.ts';

/** One line of an ignore file, ready to be asked. */
export interface Pattern {
  /** Began with `!`: what it matches comes back in. */
  readonly exclusion: boolean;
  /** Cleaned, without the `!`. */
  readonly text: string;
  /** True where this very path matches; parents are the matcher's business. */
  matches(path: string): boolean;
}

/**
 * The test a cleaned pattern stands for, as moby's patternmatcher has it: shell wildcards plus `**` for any number of
 * directories. Undefined where the regular expression it turns into is malformed.
 */
export function compilePattern(text: string): ((path: string) => boolean) | undefined {
  const { kind, source } = translate(text);
  switch (kind) {
    case 'exact':
      return (path) => path === text;
    case 'prefix': {
      const prefix = text.slice(0, -2);
      return (path) => path.startsWith(prefix);
    }
    case 'suffix': {
      const suffix = text.slice(2);
      return (path) => path.endsWith(suffix) || (suffix.startsWith('/') && path === suffix.slice(1));
    }
    case 'regexp': {
      const regexp = compileGoRegexp(source);
      return regexp === undefined ? undefined : (path) => regexp.test(path);
    }
  }
}

type MatchKind = 'exact' | 'prefix' | 'suffix' | 'regexp';

/** The regular expression of a pattern, and whether a plain comparison does the same. */
function translate(text: string): { readonly kind: MatchKind; readonly source: string } {
  const chars = [...text.replace(/^\uFEFF/, '')];
  let [kind, source]: [MatchKind, string] = ['exact', '^'];
  let at = 0;
  const wild = (piece: string): void => {
    source += piece;
    kind = 'regexp';
  };
  for (let first = true; at < chars.length; first = false) {
    const char = chars[at++] ?? '';
    if (char === '*' && chars[at] === '*') {
      at++;
      if (chars[at] === '/') at++;
      if (at < chars.length) wild('(.*/)?');
      else if (kind === 'exact') kind = 'prefix';
      else wild('.*');
      if (first) kind = 'suffix';
    } else if (char === '*') wild('[^/]*');
    else if (char === '?') wild('[^/]');
    // moby means to escape | { } as well, but its table of characters ends before them.
    else if ('.+()$'.includes(char)) source += `\\${char}`;
    else if (char === '\\' && at < chars.length) wild(`\\${chars[at++] ?? ''}`);
    else if (char === '\\') source += '\\';
    else if (char === '[' || char === ']') wild(char);
    else source += char;
  }
  return { kind, source: `${source}$` };
}
