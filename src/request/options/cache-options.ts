import { type OptionSpec } from './option.ts';

/** The layer cache. */
export const CACHE_OPTIONS = [
  {
    about: 'Take layers of earlier builds, and keep those of this one',
    treatment: 'works',
    flag: { name: 'cache', kind: 'flag' },
    input: { name: 'cache', kind: 'flag' },
    note: 'in cache-repo or cache-dir; where neither is given, in the cache service of GitHub within an action, in the repository cache below the one that is pushed to, or in ~/.cache/ts-kaniko for a build that pushes nothing',
  },
  {
    about: 'Repository of the layer cache, or oci:directory',
    treatment: 'works',
    flag: { name: 'cache-repo', kind: 'text', value: 'repository' },
    input: { name: 'cache-repo', kind: 'text' },
  },
  {
    about: 'Directory of the layer cache on this machine, and of base images that warmer fetched',
    treatment: 'works',
    flag: { name: 'cache-dir', kind: 'text', value: 'dir' },
    input: { name: 'cache-dir', kind: 'text' },
    note: 'base images are looked for in /cache where it is not given',
  },
  {
    about:
      'Where layers of earlier builds are looked for: type=registry,ref=, type=local,src=, type=inline,ref= or type=gha,scope=',
    treatment: 'works',
    flag: { name: 'cache-from', kind: 'list', value: 'cache' },
    input: { name: 'cache-from', kind: 'list', ignoreComma: true },
    note: 'caches of buildx cannot be read, and are never written over',
  },
  {
    about:
      'Where layers of this build are kept, as cache-from with dest= for a directory; type=inline is the image itself; mode=min|max, for type=gha also archive',
    treatment: 'works',
    flag: { name: 'cache-to', kind: 'list', value: 'cache' },
    input: { name: 'cache-to', kind: 'list', ignoreComma: true },
    note: 'a fault of a cache is a warning, whatever ignore-error says',
  },
  {
    about: 'Age at which an entry does not count any more, as 336h; 0 for none',
    treatment: 'works',
    flag: { name: 'cache-ttl', kind: 'text', value: 'duration' },
    input: { name: 'cache-ttl', kind: 'text' },
    note: 'two weeks where it is not given',
  },
  {
    about: 'Take and keep layers of COPY and ADD',
    treatment: 'works',
    flag: { name: 'cache-copy-layers', kind: 'flag' },
    input: { name: 'cache-copy-layers', kind: 'flag' },
    note: 'on where it is not given',
  },
  {
    about: 'Take and keep layers of RUN',
    treatment: 'works',
    flag: { name: 'cache-run-layers', kind: 'flag' },
    input: { name: 'cache-run-layers', kind: 'flag' },
    note: 'on where it is not given',
  },
  {
    about: 'Key that entries are signed with; those of writers without it do not count',
    treatment: 'works',
    flag: { name: 'cache-signing-key', kind: 'text', value: 'env=variable|file=path' },
    input: { name: 'cache-signing-key', kind: 'text' },
    note: 'a secret of 16 characters and more, or an ed25519 key in PEM, whose public half only reads; TS_KANIKO_CACHE_KEY where it is not given; as an input also the key itself; docs/cache.md',
  },
  {
    about: 'Compress layers side by side; false spares memory and takes longer, for the same layers',
    treatment: 'works',
    flag: { name: 'compressed-caching', kind: 'flag' },
    input: { name: 'compressed-caching', kind: 'flag' },
    note: 'on where it is not given; layers in caches are compressed as those of the image, whatever it says',
  },
  {
    about: 'Take no layer of an earlier build; layers are kept for the next',
    treatment: 'works',
    flag: { name: 'no-cache', kind: 'flag' },
    input: { name: 'no-cache', kind: 'flag', initial: 'false' },
  },
  {
    about: 'Stage that takes no layer of an earlier build',
    treatment: 'works',
    flag: { name: 'no-cache-filters', kind: 'list', aliases: ['no-cache-filter'], value: 'stage' },
    input: { name: 'no-cache-filters', kind: 'list' },
  },
  {
    about: 'Keep nothing of this build',
    treatment: 'works',
    flag: { name: 'no-push-cache', kind: 'flag' },
    input: { name: 'no-push-cache', kind: 'flag' },
  },
  {
    about: 'Keep directories of RUN --mount=type=cache in the layer cache',
    treatment: 'works',
    flag: { name: 'cache-mounts', kind: 'flag' },
    input: { name: 'cache-mounts', kind: 'flag' },
    note: 'on where it is not given, unless cache-mounts-dir says where they stay',
  },
] as const satisfies readonly OptionSpec[];
