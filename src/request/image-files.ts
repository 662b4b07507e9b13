import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { BuildError } from '../errors/index.ts';
import { cacheSummary } from './cache/cache-summary.ts';
import { type OutputSpec } from './build-request.ts';
import { type BuildResult } from './build-result.ts';

export interface TextFile {
  readonly path: string;
  readonly text: string;
}

/**
 * The files kaniko leaves beside an image: the bare digest (no newline), `repository@digest` and `repository:tag@digest`
 * (a line for each destination); `metadata-file` holds imageMetadata as JSON.
 */
export function imageFiles(
  outputs: OutputSpec,
  metadataFile: string | undefined,
  result: BuildResult,
): TextFile[] {
  const lines = (name: (tag: string) => string): string =>
    outputs.tags.map((tag) => `${name(tag)}@${result.digest}\n`).join('');
  const files: [string | undefined, () => string][] = [
    [outputs.digestFile, () => result.digest],
    [outputs.imageNameWithDigestFile, () => lines(repositoryOf)],
    [outputs.imageNameTagWithDigestFile, () => lines(withTag)],
    [metadataFile, () => `${JSON.stringify(imageMetadata(outputs, result), null, 2)}\n`],
  ];
  return files.flatMap(([path, text]) => (path === undefined ? [] : [{ path, text: text() }]));
}

/** Writes the files, making the directories they lie in. Throws FILESYSTEM with the path of one that cannot be written. */
export function writeTextFiles(files: readonly TextFile[]): void {
  for (const { path, text } of files) {
    try {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    } catch (error) {
      throw new BuildError('FILESYSTEM', `cannot write ${path}`, { cause: error });
    }
  }
}

/** What buildx's --metadata-file says of an image, as far as it holds here, and below a key of our own what the cache did. */
export function imageMetadata(outputs: OutputSpec, result: BuildResult): Record<string, unknown> {
  const isIndex = result.platforms.length > 1;
  return {
    ...(!isIndex && { 'containerimage.config.digest': result.imageId }),
    'containerimage.descriptor': {
      mediaType: result.mediaType,
      digest: result.digest,
      size: result.size,
      ...(result.annotations !== undefined && { annotations: result.annotations }),
    },
    'containerimage.digest': result.digest,
    ...(outputs.tags.length > 0 && { 'image.name': outputs.tags.join(',') }),
    ...(result.cache !== undefined && { 'ts-kaniko.cache': cacheSummary(result.cache) }),
  };
}

/** `registry/repository` of a reference. */
export function repositoryOf(reference: string): string {
  const name = reference.split('@')[0] ?? reference;
  const colon = name.indexOf(':', name.lastIndexOf('/') + 1);
  return colon < 0 ? name : name.slice(0, colon);
}

function withTag(reference: string): string {
  const name = reference.split('@')[0] ?? reference;
  return repositoryOf(name) === name ? `${name}:latest` : name;
}
