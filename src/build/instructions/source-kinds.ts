import { isGitUrl } from '../../request/index.ts';

/** Whether a source of ADD is a file to download: http or https, and no git repository. */
export function isHttpSource(source: string): boolean {
  return /^https?:\/\//i.test(source) && !isGitSource(source);
}

/** Whether a source of ADD is a git repository by the look of it, as BuildKit decides. */
export function isGitSource(source: string): boolean {
  return isGitUrl(source, { shortForms: false });
}
