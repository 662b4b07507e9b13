import { type OptionSpec } from './option.ts';

/** Flags of commands on caches. */
export const COMMAND_OPTIONS = [
  {
    about: 'Take out of the cache what is damaged',
    treatment: 'works',
    commands: ['cache verify'],
    flag: { name: 'repair', kind: 'flag' },
  },
  {
    about:
      'Take out of the cache what was not used, or where that is not known not made, for so long, as 336h or 14d',
    treatment: 'works',
    commands: ['cache prune'],
    flag: { name: 'older-than', kind: 'text', value: 'duration' },
  },
  {
    about: 'Take out of the cache what was used longest ago until the rest has at most this size, as 5g',
    treatment: 'works',
    commands: ['cache prune'],
    flag: { name: 'max-size', kind: 'text', value: 'size' },
  },
  {
    about: 'Tell what would be taken out, and change nothing',
    treatment: 'works',
    commands: ['cache prune'],
    flag: { name: 'dry-run', kind: 'flag' },
  },
  {
    about: 'Base image that is fetched into the cache directory',
    treatment: 'works',
    commands: ['warmer'],
    flag: { name: 'image', kind: 'list', value: 'reference' },
    note: 'kaniko’s letters hold for warmer: -i image, -c cache-dir, -d dockerfile, -f force, which fetches again what is there',
  },
] as const satisfies readonly OptionSpec[];
