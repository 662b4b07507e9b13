import { type OptionSpec } from './option.ts';

const OWN_ROOT = 'the root directory is left as it was found; unpack the archive of --tar-path';

/** kaniko's flags that ask for nothing here. */
export const KANIKO_NO_OPS = [
  noOp(
    'cleanup',
    'flag',
    'Clean the file system after the build',
    'the root directory is always left as it was found',
  ),
  noOp(
    'pre-cleanup',
    'flag',
    'Clean the file system before the build',
    'nothing of an earlier build is ever left',
  ),
  noOp('preserve-context', 'flag', 'Keep the context through the cleanup', 'the context is never changed'),
  noOp('use-new-run', 'flag', 'Another way to find changes', 'changes are always found exactly'),
  noOp('skip-unused-stages', 'flag', 'Leave out stages nobody needs', 'they are always left out'),
  noOp('force-build-metadata', 'flag', 'Keep metadata of unused stages', 'as in kaniko today'),
  {
    ...noOp(
      'ignore-var-run',
      'flag',
      'Leave /var/run out',
      'what is mounted on /var/run never enters a layer',
    ),
    flag: { name: 'ignore-var-run', kind: 'flag', deprecated: ['whitelist-var-run'] },
  },
] as const satisfies readonly OptionSpec[];

/** kaniko's flags that are not done here: each is refused by its name. */
export const KANIKO_REFUSED = [
  refused('bucket', 'text', 'Bucket of the context', 'fetch the context first and give the directory'),
  refused('materialize', 'flag', 'Unpack the image over the root directory', OWN_ROOT, ['false']),
  refused('dryrun', 'flag', 'Print the plan in place of building', 'leave the flag out', ['false']),
] as const satisfies readonly OptionSpec[];

function noOp<N extends string, K extends 'flag' | 'text'>(name: N, kind: K, about: string, note: string) {
  return { about, treatment: 'ignored', note, flag: { name, kind } } as const;
}

function refused<N extends string, K extends 'flag' | 'text' | 'list'>(
  name: N,
  kind: K,
  about: string,
  note: string,
  inert: readonly string[] = [],
) {
  return { about, treatment: 'refused', note, inert, flag: { name, kind } } as const;
}
