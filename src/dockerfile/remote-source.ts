const URL_FORM = /^([a-z0-9]+):\/\/([^/?#]*)([^?#]*)/i;
/** `user@host:path`, as ssh and scp write it. */
const SCP_FORM = /^[\w-]+@[A-Za-z0-9.-]+:[^?#]/;

/** Whether a source of ADD is a file to download: http or https, and no git repository. */
export function isHttpSource(source: string): boolean {
  return /^https?:\/\//.test(source) && !isGitSource(source);
}

/** Whether a source of ADD is a git repository by the look of it: its scheme, or a path that ends in `.git`. */
export function isGitSource(source: string): boolean {
  if (/[\x00-\x1f\x7f]/.test(source)) return false;
  const [, scheme = '', authority = '', path = ''] = URL_FORM.exec(source) ?? [];
  if (scheme === '') return SCP_FORM.test(source);
  if (!URL.canParse(`https://${authority.slice(authority.lastIndexOf('@') + 1)}/`)) return false;
  const name = scheme.toLowerCase();
  return ['git', 'ssh'].includes(name) || (['http', 'https'].includes(name) && path.endsWith('.git'));
}
