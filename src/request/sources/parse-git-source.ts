import { BuildError, redact } from '../../errors/index.ts';
import { readGitQuery } from './git-query.ts';
import type { GitSource } from './git-source.ts';
import { splitGitUrl } from './git-url.ts';

/** What may stand in a ref (git check-ref-format), which keeps options and revision expressions out as well. */

const BAD_REF = /^[-/]|[/.]$|\.\.|\/\/|@\{|[\x00-\x20\x7f~^:?*[\\]|(^|\/)\.|\.lock(\/|$)/;
const COMMIT = /^[0-9a-f]{7,64}$/i;

/**
 * A git repository as BuildKit recognises one: `https://host/repo.git`, `git://…`, `ssh://…`, `user@host:path`, and
 * `github.com/…` where `shortForms` says so, with `#ref:subdir` or `?ref=…&subdir=…`; kaniko's `#ref#commit` too.
 * Undefined for anything else. Throws CONTEXT for a repository whose ref, directory or query makes no sense.
 */
export function parseGitSource(
  text: string,
  options: { readonly shortForms?: boolean } = {},
): GitSource | undefined {
  const url = splitGitUrl(text, options.shortForms ?? true);
  if (url === undefined) return undefined;
  try {
    const { remote, userInfo } = url;
    checkRemote(remote);
    const fragment = splitFragment(url.fragment);
    const query = readGitQuery(url.query, fragment);
    return checked({ remote, userInfo, ...query });
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    throw new BuildError(error.code, `invalid git repository ${redact(text)}: ${error.message}`, {
      hint: error.hint,
    });
  }
}

/** `ref:subdir`, or kaniko's `ref#commit`, where the commit is what counts. */
function splitFragment(fragment: string): { readonly ref: string; readonly subdir: string } {
  const hash = fragment.indexOf('#');
  const text = hash < 0 ? fragment : fragment.slice(hash + 1);
  const colon = text.indexOf(':');
  const ref = colon < 0 ? text : text.slice(0, colon);
  const subdir = colon < 0 ? '' : text.slice(colon + 1);
  if (hash < 0) return { ref, subdir };
  checkRef(fragment.slice(0, hash));
  if (!COMMIT.test(ref)) throw bad(`${JSON.stringify(ref)} is no commit`, 'write #ref#commit, or #ref:dir');
  return { ref, subdir };
}

function checked(source: GitSource): GitSource {
  const { remote, userInfo, ref, checksum, subdir, keepGitDir, submodules } = source;
  if (ref !== undefined) checkRef(ref);
  if (checksum !== undefined) checkCommit(checksum);
  return {
    remote,
    ...(userInfo !== undefined && { userInfo }),
    ...(ref !== undefined && ref !== '' && { ref }),
    ...(checksum !== undefined && { checksum: checksum.toLowerCase() }),
    ...cleanSubdir(subdir ?? ''),
    ...(keepGitDir !== undefined && { keepGitDir }),
    ...(submodules !== undefined && { submodules }),
  };
}

/** Nothing that git or ssh could take for an option. */
function checkRemote(remote: string): void {
  if (remote.startsWith('-') || /^[a-z]+:\/\/([^/@]*@)?-|^[^/@]*@-|^[^/@:]*@[^:/]*:-/i.test(remote))
    throw bad('a host or path must not begin with a dash');
}

function checkRef(ref: string): void {
  if (ref === '' || !BAD_REF.test(ref)) return;
  throw bad(`${JSON.stringify(ref)} is no ref`, 'give a branch, a tag, refs/… or a commit');
}

/** Throws CONTEXT for what cannot be a commit. */
export function checkCommit(commit: string): void {
  if (COMMIT.test(commit)) return;
  throw bad(`${JSON.stringify(commit)} is no commit`, 'a commit has 7 to 64 hexadecimal digits');
}

function cleanSubdir(text: string): { readonly subdir?: string } {
  if (text.includes('\0')) throw bad('its directory has a zero byte in its name');
  const kept: string[] = [];
  for (const part of text.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') kept.push(part);
    else if (kept.pop() === undefined)
      throw bad(`the directory ${JSON.stringify(text)} leads out of the repository`);
  }
  return kept.length === 0 ? {} : { subdir: kept.join('/') };
}

function bad(message: string, hint?: string): BuildError {
  return new BuildError('CONTEXT', message, { hint });
}
