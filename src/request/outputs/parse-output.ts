import { resolve } from 'node:path';
import { BuildError } from '../../errors/index.ts';
import type { Annotation } from './annotation.ts';
import { annotationAttribute } from './annotation.ts';
import { formOf } from './image-form.ts';
import { malformed, OutputRecord } from './output-record.ts';
import type { ByteTarget, ImageForm, Output } from './output.ts';

/** What outputs are read with. */
export interface OutputPlace {
  /** What relative paths start from. */
  readonly cwd: string;
  /** What an output does not say of its form. */
  readonly form: ImageForm;
}

/** An output as it was asked for. */
export interface AskedOutput {
  /** `kept`: an image that stays nowhere, unless it is to be pushed after all. */
  readonly output: Output | { readonly kind: 'kept'; readonly pushed: Extract<Output, { kind: 'registry' }> };
  /** Its registries are spoken to without encryption. */
  readonly insecure: boolean;
  readonly warnings: readonly string[];
}

/** Attributes that ask for nothing, by the reason. */
const IGNORED: Readonly<Record<string, string>> = {
  'dangling-name-prefix': 'only images with a name are kept',
  'rewrite-timestamp': 'times of new layers always follow SOURCE_DATE_EPOCH',
  buildinfo: 'BuildKit gave build information up',
  'buildinfo-attrs': 'BuildKit gave build information up',
  'prefer-nondist-layers': 'all layers are distributed',
  'attestation-prefix': 'there are no attestations',
};
/** Attributes that ask for a store of images on this machine. */
const STORES = ['store', 'unpack'];

/**
 * One output in buildx's grammar. Throws USAGE for what makes no sense, UNSUPPORTED for what is not done here: images in
 * the store of a daemon, and estargz.
 */
export function parseOutput(text: string, place: OutputPlace): AskedOutput | undefined {
  const record = new OutputRecord(text);
  if (record.type === 'cacheonly') return undefined;
  const insecure = record.takeFlag('registry.insecure') ?? false;
  const output = outputOf(record, place);
  return { output, insecure, warnings: leftovers(record) };
}

function outputOf(record: OutputRecord, place: OutputPlace): AskedOutput['output'] {
  switch (record.type) {
    case 'image':
    case 'registry':
      return registryOutput(record, place);
    case 'docker':
      return { kind: 'docker', to: dockerFile(record, place), ...imageOf(record, place) };
    case 'oci':
      return layoutOutput(record, place);
    case 'local':
      return {
        kind: 'local',
        directory: directoryOf(record, place),
        split: record.takeFlag('platform-split'),
      };
    case 'tar':
      return { kind: 'tar', to: fileOf(record, place), split: record.takeFlag('platform-split') };
    default:
      throw malformed(
        record.text,
        `there is no type ${JSON.stringify(record.type)}`,
        'one of: image, registry, docker, oci, local, tar, cacheonly',
      );
  }
}

function registryOutput(record: OutputRecord, place: OutputPlace): AskedOutput['output'] {
  const push = record.takeFlag('push') ?? record.type === 'registry';
  const byDigest = record.takeFlag('push-by-digest') ?? false;
  record.takeFlag('name-canonical');
  for (const name of STORES) {
    if (record.takeFlag(name) === true)
      throw new BuildError('UNSUPPORTED', `output ${JSON.stringify(record.text)}: ${name} is not supported`, {
        hint: 'there is no daemon with a store of images; push the image, or use type=docker,dest=file',
      });
  }
  const pushed = { kind: 'registry', byDigest, ...imageOf(record, place) } as const;
  return push ? pushed : { kind: 'kept', pushed };
}

/** A layout holds OCI's media types, whatever other outputs have. */
function layoutOutput(record: OutputRecord, place: OutputPlace): Output {
  const isArchive = record.takeFlag('tar') !== false;
  const { form, ...image } = imageOf(record, place);
  const oci = { ...image, form: { ...form, format: 'oci' } } as const;
  return isArchive
    ? { kind: 'oci-archive', to: fileOf(record, place), ...oci }
    : { kind: 'oci-layout', directory: directoryOf(record, place), naming: 'buildkit', ...oci };
}

function imageOf(record: OutputRecord, { form }: OutputPlace) {
  const types = record.takeFlag('oci-mediatypes');
  const given = {
    format: types === undefined ? undefined : types ? 'oci' : 'docker',
    compression: record.take('compression'),
    level: record.take('compression-level'),
    force: record.takeFlag('force-compression'),
  };
  const names = (record.take('name') ?? '').split(',').map((name) => name.trim());
  return {
    names: names.filter((name) => name !== ''),
    form: formOf(given, form),
    annotations: annotationsOf(record),
  };
}

function annotationsOf(record: OutputRecord): Annotation[] {
  return record.rest().flatMap(([key, value]) => {
    const annotation = annotationAttribute(key, value);
    if (annotation !== undefined) record.take(key);
    return annotation ?? [];
  });
}

function dockerFile(record: OutputRecord, place: OutputPlace): ByteTarget {
  const tar = record.takeFlag('tar');
  if (tar === false) throw malformed(record.text, 'type=docker is an archive', 'use type=oci,tar=false');
  const dest = record.take('dest');
  if (dest !== undefined && dest !== '') return targetOf(dest, place);
  throw new BuildError('UNSUPPORTED', 'the image cannot be loaded into docker: there is no daemon', {
    hint: 'write it to a file with type=docker,dest=image.tar, then run docker load -i image.tar',
  });
}

function fileOf(record: OutputRecord, place: OutputPlace): ByteTarget {
  return targetOf(record.take('dest') || '-', place);
}

function targetOf(dest: string, { cwd }: OutputPlace): ByteTarget {
  return dest === '-' ? { kind: 'stdout' } : { kind: 'file', path: resolve(cwd, dest) };
}

function directoryOf(record: OutputRecord, { cwd }: OutputPlace): string {
  const dest = record.take('dest') ?? '';
  if (dest !== '' && dest !== '-') return resolve(cwd, dest);
  throw malformed(record.text, 'it needs a directory', `write type=${record.type},dest=directory`);
}

/** Attributes that do nothing are told of; those nobody knows are refused, as they may matter. Throws USAGE. */
function leftovers(record: OutputRecord): string[] {
  return record.rest().flatMap(([name]) => {
    const reason = Object.hasOwn(IGNORED, name) ? IGNORED[name] : undefined;
    if (reason === undefined)
      throw malformed(record.text, `there is no attribute ${JSON.stringify(name)}`, 'see docs/outputs.md');
    return name === 'rewrite-timestamp' ? [] : [`${name} of an output has no effect: ${reason}`];
  });
}
