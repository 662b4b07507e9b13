import { redact } from '../errors/index.ts';
import { cleanText } from '../report/index.ts';

/** What is shown of a text somebody else wrote, in characters. */
const MAX_SHOWN = 500;

/** A registry's words made fit to print: its error messages where it sent some, on one line, short, without secrets. */
export function foreignText(body: string): string {
  const text = registryErrors(body) ?? (looksLikeHtml(body) ? '' : body);
  const line = cleanText(redact(text.slice(0, MAX_SHOWN * 4)))
    .replace(/\s+/g, ' ')
    .trim();
  return line.length > MAX_SHOWN ? `${line.slice(0, MAX_SHOWN)}…` : line;
}

/** distribution-spec's `{"errors":[{"code","message"}]}`, or OAuth2's and others' single message. */
function registryErrors(body: string): string | undefined {
  let data: unknown;
  try {
    data = JSON.parse(body);
  } catch {
    return undefined;
  }
  const errors = field(data, 'errors');
  if (Array.isArray(errors)) return errors.slice(0, 3).map(describe).join('; ');
  return (
    string(field(data, 'error_description')) ||
    string(field(data, 'details')) ||
    string(field(data, 'message')) ||
    string(field(data, 'error'))
  );
}

function describe(error: unknown): string {
  const code = string(field(error, 'code'));
  const message = string(field(error, 'message'));
  return message === '' ? code : code === '' ? message : `${message} (${code})`;
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

function string(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function looksLikeHtml(body: string): boolean {
  return /^\s*<(?:!doctype|html|\?xml)/i.test(body);
}
