export interface UnpackOptions {
  /**
   * `real`: owners and file capabilities are set, as root or as the root of a user namespace that maps them. `skip`:
   * they are not, for a process without privileges. Default: `real` for uid 0.
   */
  readonly ownership?: 'real' | 'skip' | undefined;
  /** Whether this user must be able to read all files and change all directories afterwards, whatever their modes say. */
  readonly accessible?: boolean | undefined;
  /** Whether device nodes are tried to be made at all; they are left out where the kernel forbids them. Default: `make`. */
  readonly devices?: 'make' | 'skip' | undefined;
}
