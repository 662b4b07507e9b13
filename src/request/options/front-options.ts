import { type OptionSpec } from './option.ts';

/** How a front talks. */
export const FRONT_OPTIONS = [
  {
    about: 'What is told: panic, fatal, error, warn, info, debug or trace',
    treatment: 'works',
    flag: { name: 'verbosity', short: 'v', kind: 'text', value: 'level' },
  },
  {
    about: 'How it is told: text, color (progress where the output is a terminal) or json',
    treatment: 'works',
    flag: { name: 'log-format', kind: 'text', value: 'format' },
  },
  {
    about: 'Begin each line of the log with the time',
    treatment: 'works',
    flag: { name: 'log-timestamp', kind: 'flag' },
  },
  {
    about: 'Directory below which scratch space is made',
    treatment: 'works',
    flag: { name: 'scratch-dir', aliases: ['kaniko-dir'], kind: 'text', value: 'dir' },
    input: { name: 'scratch-dir', kind: 'text' },
    note: 'without it a place is found where overlays can be mounted: docs/isolation.md',
  },
  {
    about: 'Tell what this machine can do in place of building',
    treatment: 'works',
    input: { name: 'doctor', kind: 'flag', initial: 'false' },
    note: 'on the command line: ts-kaniko doctor',
  },
] as const satisfies readonly OptionSpec[];
