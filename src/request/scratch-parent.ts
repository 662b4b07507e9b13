/** The directory scratch space is made below: the runner's own temporary directory, then TMPDIR, then /tmp. */
export function scratchParentOf(env: Readonly<Record<string, string | undefined>>): string {
  return [env['RUNNER_TEMP'], env['TMPDIR']].find((dir) => dir !== undefined && dir !== '') ?? '/tmp';
}
