/** A proot(1) and what it has to be told on this machine. Plain data. */
export interface ProotProgram {
  /** Absolute. */
  readonly path: string;
  /** Its filter of system calls is not used: builds without one translate nothing unless told so. */
  readonly unfiltered: boolean;
  /** It may not make its temporary files in /tmp: that is read-only, or programs cannot be started from there. */
  readonly ownTemporary: boolean;
}

/** Variables for proot, which RUN inherits; temporary files go into the directory, where not into /tmp. */
export function prootSettings(
  { unfiltered, ownTemporary }: ProotProgram,
  directory: string,
): Record<string, string> {
  return {
    ...(unfiltered && { PROOT_NO_SECCOMP: '1' }),
    ...(ownTemporary && { PROOT_TMP_DIR: directory }),
  };
}
