/** A git repository, and what of it is meant. */
export interface GitSource {
  /** What git is given, without user name, password, query and fragment. */
  readonly remote: string;
  /** `user` or `user:password` as they stand in an http(s) URL; never printed. */
  readonly userInfo?: string | undefined;
  /** Branch, tag, `refs/…` or commit; the default branch where absent. */
  readonly ref?: string | undefined;
  /** The commit (or annotated tag) that must be found, whole or its first digits. */
  readonly checksum?: string | undefined;
  /** A clean relative path; the whole repository where absent. */
  readonly subdir?: string | undefined;
  readonly keepGitDir?: boolean | undefined;
  readonly submodules?: boolean | undefined;
}
