/** A git URL in its parts, as written; percent-encoding is undone in the fragment only. */
export interface GitUrl {
  readonly remote: string;
  readonly userInfo: string | undefined;
  /** Without the question mark. */
  readonly query: string;
  /** Without the hash. */
  readonly fragment: string;
}

const TRANSPORTS = new Set(['http', 'https', 'ssh', 'git']);
/** `user@host:path`, as ssh and scp write it. */
const SCP_FORM = /^([\w-]+)@([A-Za-z0-9.-]+):([^?#]*)(?:\?([^#]*))?(?:#([\s\S]*))?$/;
const URL_FORM = /^([a-z0-9]+):\/\/([^/?#]*)([^?#]*)(?:\?([^#]*))?(?:#([\s\S]*))?$/i;
const SHORT_FORM = 'github.com/';

/** Cuts what is a git URL by its look; undefined for everything else. */
export function splitGitUrl(text: string, shortForms: boolean): GitUrl | undefined {
  if (/[\x00-\x1f\x7f]/.test(text)) return undefined;
  if (text.startsWith(SHORT_FORM)) return shortForms ? splitUrl(`https://${text}`, true) : undefined;
  if (/^[a-z0-9]+:\/\//i.test(text)) return splitUrl(text, false);
  const [, user, host, path, query = '', fragment = ''] = SCP_FORM.exec(text) ?? [];
  if (user === undefined || path === undefined || path === '') return undefined;
  return { remote: `${user}@${host}:${path}`, userInfo: undefined, query, fragment: decoded(fragment) };
}

function splitUrl(text: string, isShort: boolean): GitUrl | undefined {
  const [, written = '', authority = '', path = '', query = '', fragment = ''] = URL_FORM.exec(text) ?? [];
  const scheme = written.toLowerCase();
  if (!TRANSPORTS.has(scheme) || authority === '') return undefined;
  const isHttp = scheme === 'http' || scheme === 'https';
  // Any other URL names a file to download.
  if (isHttp && !isShort && !path.endsWith('.git')) return undefined;
  const at = authority.lastIndexOf('@');
  const host = authority.slice(at + 1);
  if (!URL.canParse(`https://${host}/`)) return undefined;
  const userInfo = at < 0 || !isHttp ? undefined : authority.slice(0, at);
  const remote = `${scheme}://${isHttp ? host : authority}${path}`;
  return { remote, userInfo, query, fragment: decoded(fragment) };
}

function decoded(fragment: string): string {
  try {
    return decodeURIComponent(fragment);
  } catch {
    return fragment;
  }
}
