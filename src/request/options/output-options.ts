import { type OptionSpec } from './option.ts';

/** Where the image goes. */
export const OUTPUT_OPTIONS = [
  {
    about: 'Reference registry/repository:tag the image is pushed to',
    treatment: 'works',
    flag: { name: 'destination', short: 'd', kind: 'list', aliases: ['tag'], value: 'reference' },
    input: { name: 'tags', kind: 'list' },
    note: 'a repository with capitals is put in lower case, with a warning',
  },
  {
    about: 'More tags, under kaniko’s name for them',
    treatment: 'works',
    input: { name: 'destination', kind: 'list' },
  },
  {
    about: 'Push the image to its tags',
    treatment: 'works',
    flag: { name: 'push', kind: 'flag' },
    input: { name: 'push', kind: 'flag', initial: 'false' },
    note: 'the command line pushes unless told not to, the action only when told to',
  },
  {
    about: 'Build without pushing',
    treatment: 'works',
    flag: { name: 'no-push', kind: 'flag' },
    note: 'environment: KANIKO_NO_PUSH',
  },
  {
    about: 'Write the image as an archive docker load understands',
    treatment: 'works',
    flag: { name: 'tar-path', kind: 'text', deprecated: ['tarPath'], value: 'file' },
    input: { name: 'tar-path', kind: 'text' },
  },
  {
    about: 'Write the image as an OCI image layout',
    treatment: 'works',
    flag: { name: 'oci-layout-path', kind: 'text', value: 'dir' },
    input: { name: 'oci-layout-path', kind: 'text' },
  },
  {
    about: 'File that receives the digest of the image',
    treatment: 'works',
    flag: { name: 'digest-file', kind: 'text', value: 'file' },
    input: { name: 'digest-file', kind: 'text' },
  },
  {
    about: 'File that receives repository@digest, one destination a line',
    treatment: 'works',
    flag: { name: 'image-name-with-digest-file', kind: 'text', value: 'file' },
    input: { name: 'image-name-with-digest-file', kind: 'text' },
  },
  {
    about: 'File that receives repository:tag@digest, one destination a line',
    treatment: 'works',
    flag: { name: 'image-name-tag-with-digest-file', kind: 'text', value: 'file' },
    input: { name: 'image-name-tag-with-digest-file', kind: 'text' },
  },
  {
    about: 'File that receives the metadata of the image as JSON, with the keys of buildx',
    treatment: 'works',
    flag: { name: 'metadata-file', kind: 'text', value: 'file' },
    input: { name: 'metadata-file', kind: 'text' },
  },
] as const satisfies readonly OptionSpec[];
