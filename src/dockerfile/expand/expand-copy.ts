import { quote } from '../characters.ts';
import { type CopyInstruction, type Heredoc } from '../instruction.ts';
import { isGitSource, isHttpSource } from '../remote-source.ts';
import { semanticsError } from '../source-location.ts';
import { expandWord } from './expand-word.ts';
import { type ExpandOptions, type Lookup } from './expansion.ts';

type CopyExpandOptions = Pick<ExpandOptions, 'escape' | 'onUnmatched'>;

/** Of a download; BuildKit knows more algorithms and compares with this one alone. */
const CHECKSUM = /^sha256:[0-9a-f]{64}$/;

/**
 * COPY or ADD with the variables of its sources, destination, `--chown`, `--chmod`, `--checksum` and of
 * heredocs with an unquoted delimiter replaced; `--from` and `--exclude` have none. Throws
 * DOCKERFILE_SEMANTICS for a remote source of COPY, a `--checksum` that cannot be, and names with `--link`.
 */
export function expandCopy(
  instruction: CopyInstruction,
  lookup: Lookup,
  options: CopyExpandOptions,
): CopyInstruction {
  const word = (text: string): string => expandWord(text, lookup, options);
  const optional = (text: string | undefined): string | undefined =>
    text === undefined ? undefined : word(text) || undefined;
  const expanded = {
    ...instruction,
    sources: instruction.sources.map(word),
    destination: word(instruction.destination),
    heredocs: instruction.heredocs.map((heredoc) => expandHeredoc(heredoc, lookup, options)),
    chown: optional(instruction.chown),
    chmod: optional(instruction.chmod),
    checksum: optional(instruction.checksum),
  };
  checkOwner(expanded);
  checkSources(expanded);
  checkChecksum(expanded);
  return expanded;
}

/** In a heredoc only `$` and the backslash mean anything, whatever the escape directive says. */
function expandHeredoc(heredoc: Heredoc, lookup: Lookup, options: CopyExpandOptions): Heredoc {
  if (!heredoc.expand) return heredoc;
  const content = expandWord(heredoc.content, lookup, {
    escape: '\\',
    ignoreQuotes: true,
    onUnmatched: options.onUnmatched,
  });
  return { ...heredoc, content };
}

/** A linked layer has no accounts to look names up in. */
function checkOwner({ link, chown }: CopyInstruction): void {
  if (!link || chown === undefined) return;
  const colon = chown.indexOf(':');
  const group = colon < 0 ? '' : chown.slice(colon + 1);
  if (isId(colon < 0 ? chown : chown.slice(0, colon)) && (group === '' || isId(group))) return;
  throw semanticsError(
    `--chown=${chown}: user and group names can't be resolved when used with --link, use numeric uid[:gid] instead`,
  );
}

function isId(text: string): boolean {
  return text === 'root' || /^[-+]?\d{1,10}$/.test(text);
}

function checkSources({ kind, sources }: CopyInstruction): void {
  if (kind === 'add') return;
  for (const source of sources) {
    if (isGitSource(source)) {
      throw semanticsError(`source can't be a git ref for COPY: ${source}`, 'use ADD for repositories');
    }
    if (isHttpSource(source)) {
      throw semanticsError(`source can't be a URL for COPY: ${source}`, 'use ADD for downloads');
    }
  }
}

function checkChecksum({ checksum, sources, heredocs }: CopyInstruction): void {
  if (checksum === undefined) return;
  const [source, ...more] = sources;
  if (source === undefined || more.length > 0 || heredocs.length > 0) {
    throw semanticsError("checksum can't be specified for multiple sources");
  }
  if (!isHttpSource(source) && !isGitSource(source)) {
    throw semanticsError('checksum requires HTTP(S) or Git sources');
  }
  // What a repository is to match is a commit.
  if (!isGitSource(source) && !CHECKSUM.test(checksum)) {
    throw semanticsError(
      `invalid checksum ${quote(checksum)}`,
      'write it as sha256: and 64 lower-case hexadecimal digits',
    );
  }
}
