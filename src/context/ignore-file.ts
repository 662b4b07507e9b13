import { cleanPath } from './clean-path.ts';

/** A pattern of an ignore file with the line it stands in, 1-based. */
export interface IgnoreLine {
  readonly pattern: string;
  readonly line: number;
}

/**
 * The patterns of a `.dockerignore` in order: comments (`#` in the first column) and blank lines dropped, a byte order
 * mark removed, paths cleaned, leading slashes removed, `!` kept. Patterns are not checked here: createMatcher does.
 */
export function parseIgnoreFile(text: string): IgnoreLine[] {
  return text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .map((raw, index) => ({ raw, line: index + 1 }))
    .filter(({ raw }) => !raw.startsWith('#') && raw.trim() !== '')
    .map(({ raw, line }) => ({ pattern: normalise(raw.trim()), line }));
}

function normalise(line: string): string {
  const inverted = line.startsWith('!');
  const body = inverted ? line.slice(1).trim() : line;
  const cleaned = body === '' ? '' : cleanPath(body);
  const relative = cleaned.length > 1 && cleaned.startsWith('/') ? cleaned.slice(1) : cleaned;
  return inverted ? `!${relative}` : relative;
}
