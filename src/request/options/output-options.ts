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
    about:
      'What is done with the image, in the grammar of buildx: type=registry|image|docker|oci|local|tar|cacheonly with attributes; a directory for its files, - for them as an archive on standard output',
    treatment: 'works',
    flag: { name: 'output', short: 'o', kind: 'list', value: 'output' },
    input: { name: 'outputs', kind: 'list', ignoreComma: true, quotes: false },
    note: 'see docs/outputs.md; on the command line nothing else is pushed where one is given, unless --push is',
  },
  {
    about: 'Archive or OCI layout that is pushed to the tags in place of a build',
    treatment: 'works',
    input: { name: 'source-path', kind: 'text' },
    note: 'on the command line: ts-kaniko push',
  },
  {
    about:
      'Digests or references of images that are joined into one index under the tags in place of a build',
    treatment: 'works',
    input: { name: 'digests', kind: 'list' },
    note: 'a digest alone is one of the repository of the first tag; on the command line: ts-kaniko merge',
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
    about: 'Media types of the image: oci or docker',
    treatment: 'works',
    flag: { name: 'image-format', kind: 'text', value: 'format' },
    input: { name: 'image-format', kind: 'text' },
    note: 'oci where it is not given, whatever the base image has',
  },
  {
    about: 'Compression of new layers: gzip, zstd or uncompressed',
    treatment: 'works',
    flag: { name: 'compression', kind: 'text', value: 'way' },
    input: { name: 'compression', kind: 'text' },
    note: 'gzip where it is not given; layers of base images stay as they are',
  },
  {
    about: 'Level of the compression: 0 to 9 for gzip, 1 to 22 for zstd; -1 is the default of either',
    treatment: 'works',
    flag: { name: 'compression-level', kind: 'text', value: 'level' },
    input: { name: 'compression-level', kind: 'text' },
  },
  {
    about: 'Compress layers of base images the same way',
    treatment: 'works',
    flag: { name: 'force-compression', kind: 'flag' },
    input: { name: 'force-compression', kind: 'flag', initial: 'false' },
  },
  {
    about:
      'Annotation of the image, [level[platform]:]key=value; levels: manifest, manifest-descriptor, index, index-descriptor',
    treatment: 'works',
    flag: { name: 'annotation', kind: 'list', value: 'key=value' },
    input: { name: 'annotations', kind: 'list', ignoreComma: true },
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
