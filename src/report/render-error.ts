import { redact, toBuildError, type BuildError } from '../errors/index.ts';
import { cleanText, neutraliseCommands } from './neutralise.ts';

/** Texts from registries and tools have no length limit of their own. */
const LONGEST_MESSAGE = 8 * 1024;
const DEEPEST_CAUSE = 3;

/**
 * An error as text for people, several lines without a final line break: message, place with excerpt, causes, hint.
 * Credentials are taken out, terminal sequences and workflow commands are made harmless.
 */
export function renderError(error: unknown): string {
  const known = toBuildError(error);
  return [...place(known), `error: ${plain(known.message)}`, ...causes(known), ...hint(known)]
    .join('\n')
    .split('\n')
    .map(neutraliseCommands)
    .join('\n');
}

/** Text from outside as it may be shown: redacted, cut, without control characters. */
export function plain(text: string): string {
  const shown = cleanText(redact(text));
  return shown.length <= LONGEST_MESSAGE ? shown : `${shown.slice(0, LONGEST_MESSAGE)}… (cut)`;
}

function place({ location }: BuildError): string[] {
  if (location === undefined) return [];
  const lines =
    location.endLine > location.line ? `${location.line}-${location.endLine}` : `${location.line}`;
  const excerpt = location.excerpt === undefined ? [] : [plain(location.excerpt).trimEnd()];
  return [`${plain(location.file)}:${lines}`, ...excerpt];
}

function hint(error: BuildError): string[] {
  if (error.hint !== undefined) return [`hint: ${plain(error.hint)}`];
  if (error.code !== 'INTERNAL') return [];
  return ['hint: this is a mistake in ts-kaniko; please report it with the output of --verbosity debug'];
}

function causes(error: BuildError): string[] {
  const told = new Set([error.message]);
  const lines: string[] = [];
  let cause: unknown = error.cause;
  for (let depth = 0; cause instanceof Error && depth < DEEPEST_CAUSE; depth++, cause = cause.cause) {
    if (told.has(cause.message) || cause.message === '') continue;
    told.add(cause.message);
    lines.push(`  caused by: ${plain(cause.message)}`);
  }
  return lines;
}
