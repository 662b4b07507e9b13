import { writeDockerArchive, writeOciLayout, type Image } from '../image/index.ts';
import type { BuildResult, OutputSpec } from '../request/index.ts';
import { pushDestinations, type PushTools } from './push-destinations.ts';

/** Takes the image everywhere it is asked for: files first, then registries. Returns the destinations pushed to. */
export async function exportImage(
  image: Image,
  outputs: OutputSpec,
  tools: PushTools,
): Promise<BuildResult['destinations']> {
  const { tags, tarPath, ociLayoutPath } = outputs;
  if (tarPath !== undefined) await writeDockerArchive(image, tools.blobs, tarPath, { tags });
  if (ociLayoutPath !== undefined) await writeOciLayout(image, tools.blobs, ociLayoutPath, { tags });
  return outputs.push ? pushDestinations(image, tags, tools) : [];
}
