import { writeDockerArchive, writeOciArchive, writeOciLayout, type ImageSet } from '../image/index.ts';
import { BuildError } from '../errors/index.ts';
import { familiarName, parseReference, withDefaultTag } from '../reference/index.ts';
import {
  allOutputs,
  isImageOutput,
  primaryOf,
  type BuildResult,
  type Output,
  type OutputSpec,
} from '../request/index.ts';
import type { FormedImages } from './formed-images.ts';
import { exportFiles, type FileTools } from './export-files.ts';
import { pushDestinations, type PushTools } from './push-destinations.ts';
import { targetOf } from './target-of.ts';

export type ExportTools = PushTools & FileTools;

/** What became of an image. */
export interface Exported {
  /** As the build's primary output has it. */
  readonly set: ImageSet;
  readonly destinations: BuildResult['destinations'];
}

/** Takes what was built everywhere it is asked for: files first, then registries. Throws what writing and pushing throw. */
export async function exportImage(
  images: FormedImages,
  outputs: OutputSpec,
  tools: ExportTools,
): Promise<Exported> {
  const all = allOutputs(outputs);
  const primary = primaryOf(all);
  const destinations: BuildResult['destinations'][number][] = [];
  for (const output of all) {
    if (!isImageOutput(output)) {
      await exportFiles(await images.of(outputs.form), output, tools);
      continue;
    }
    const set = await images.of(output.form, output.annotations);
    if (output.kind === 'registry') destinations.push(...(await pushDestinations(set, output, tools)));
    else await writeImage(set, output, tools);
  }
  return { set: await images.of(primary?.form ?? outputs.form, primary?.annotations), destinations };
}

type FileOutput = Exclude<Extract<Output, { readonly names: unknown }>, { readonly kind: 'registry' }>;

async function writeImage(set: ImageSet, output: FileOutput, tools: ExportTools): Promise<void> {
  const { blobs, signal } = tools;
  const { kind, names: tags } = output;
  if (kind === 'docker') {
    const named = tags.map((name) => familiarName(withDefaultTag(parseReference(name))));
    await writeDockerArchive(onlyImage(set), blobs, targetOf(output.to, tools), { tags: named, signal });
  } else if (kind === 'oci-archive') {
    await writeOciArchive(set, blobs, targetOf(output.to, tools), { tags, signal });
  } else {
    await writeOciLayout(set, blobs, output.directory, { tags, naming: output.naming, signal });
  }
}

function onlyImage({ images: [first, second] }: ImageSet): ImageSet['images'][0] {
  if (second === undefined) return first;
  throw new BuildError('UNSUPPORTED', 'an archive for docker load holds the image of one platform', {
    hint: 'use type=oci, or build one platform',
  });
}
