import type { Dockerfile, LintWarning, SourceRange } from '../../dockerfile/index.ts';
import { toBuildError } from '../../errors/index.ts';
import { base64, jsonLocation } from './source-json.ts';

/** What the build checks found, and the error a build would end with, where there is one. */
export interface CheckResult {
  readonly dockerfile: Dockerfile;
  readonly warnings: readonly LintWarning[];
  readonly error?: unknown;
}

/** `--call check` as data. */
export function checkJson({ dockerfile, warnings, error }: CheckResult): unknown {
  return {
    warnings: warnings.map(({ rule, description, url, message, range }) => ({
      ruleName: rule,
      description,
      ...(url !== '' && { url }),
      detail: message,
      location: jsonLocation(range),
    })),
    sources: [{ filename: dockerfile.file, data: base64(dockerfile.text), language: 'Dockerfile' }],
    ...(error !== undefined && { buildError: jsonError(error) }),
  };
}

/** The same for people: every warning with its rule, its page and the lines it is about. */
export function checkText({ dockerfile, warnings, error }: CheckResult): string {
  const count = warnings.length;
  const head =
    count === 0
      ? 'Check complete, no warnings found.\n'
      : `Check complete, ${count === 1 ? '1 warning has' : `${count} warnings have`} been found!\n`;
  const shown = warnings.map((warning) => warningText(warning, dockerfile)).join('');
  if (error === undefined) return head + shown;
  const { message, location } = toBuildError(error);
  const place =
    location === undefined
      ? ''
      : sourceText(dockerfile, { startLine: location.line, endLine: location.endLine });
  return `${count === 0 ? '' : `${head}${shown}\n`}${message}\n${place}`;
}

function warningText({ rule, url, message, range }: LintWarning, dockerfile: Dockerfile): string {
  const page = url === '' ? '' : ` - ${url}`;
  return `\nWARNING: ${rule}${page}\n${message}\n${sourceText(dockerfile, range)}`;
}

function jsonError(error: unknown): unknown {
  const { message, location } = toBuildError(error);
  if (location === undefined) return { message };
  const range = { startLine: location.line, startColumn: 1, endLine: location.endLine, endColumn: 1 };
  return { message, location: jsonLocation(range) };
}

/** The lines of a range, marked, with a few around them, as BuildKit shows sources. */
function sourceText({ file, text }: Dockerfile, range: Pick<SourceRange, 'startLine' | 'endLine'>): string {
  const lines = text.split('\n');
  const last = Math.min(range.endLine, lines.length);
  const [from, to] = withSurroundings(range.startLine, last, lines.length);
  const rule = '-'.repeat(20);
  const shown = lines.slice(from - 1, to).map((line, index) => {
    const number = from + index;
    const mark = number >= range.startLine && number <= last ? '>>>' : '   ';
    return ` ${String(number).padStart(3)} | ${mark} ${line.replace(/\r$/, '')}\n`;
  });
  return `${file}:${range.startLine}\n${rule}\n${shown.join('')}${rule}\n`;
}

/** As BuildKit counts: two lines above and below a single line, one above and below several. */
function withSurroundings(start: number, end: number, count: number): [number, number] {
  const wanted = start === end ? 4 : 2;
  let [from, to] = [start, end];
  for (let added = 0; added < wanted; added++) {
    if (from > 1) {
      from--;
      added++;
    }
    if (to !== count) {
      to++;
      added++;
    }
  }
  return [from, to];
}
