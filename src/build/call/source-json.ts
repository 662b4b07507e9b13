import type { SourceRange } from '../../dockerfile/index.ts';

/** A place of a Dockerfile in the words of BuildKit's answers. */
export interface JsonLocation {
  readonly sourceIndex?: number;
  readonly ranges: readonly {
    readonly start: { readonly line: number };
    readonly end: { readonly line: number };
  }[];
}

/** BuildKit tells lines, no columns. */
export function jsonLocation({ startLine, endLine }: SourceRange): JsonLocation {
  return { ranges: [{ start: { line: startLine }, end: { line: endLine } }] };
}

/** A text as Go writes bytes into JSON. */
export function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}
