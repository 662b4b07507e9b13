/** A proot(1) and what it has to be told on this machine. Plain data. */
export interface ProotProgram {
  /** Absolute. */
  readonly path: string;
  /** Its filter of system calls is not used: builds without one translate nothing unless told so. */
  readonly unfiltered: boolean;
  /** It may not make its temporary files in /tmp: that is read-only, or programs cannot be started from there. */
  readonly ownTemporary: boolean;
  /** It writes down what programs do to owners: a build with docker/proot-owners.c in it. */
  readonly records: boolean;
}

/** The file it records in, below the directory. */
export function prootRecord(directory: string): string {
  return `${directory}/owners`;
}

/**
 * Variables for proot, which RUN inherits, all but the last; temporary files go into the directory, where not into /tmp.
 * One that cannot record does not know the last and hands it on to RUN, so it is for those that do, and for finding out.
 */
export function prootSettings(
  { unfiltered, ownTemporary, records }: ProotProgram,
  directory: string,
): Record<string, string> {
  return {
    ...(unfiltered && { PROOT_NO_SECCOMP: '1' }),
    ...(ownTemporary && { PROOT_TMP_DIR: directory }),
    ...(records && { PROOT_OWNERS: prootRecord(directory) }),
  };
}
