import { BuildError } from '../errors/index.ts';
import { parseReference } from '../reference/index.ts';
import { type OutputSpec } from './build-request.ts';
import { allOutputs } from './outputs/all-outputs.ts';

const NEEDS_DESTINATION = [
  ['imageNameWithDigestFile', 'image-name-with-digest-file'],
  ['imageNameTagWithDigestFile', 'image-name-tag-with-digest-file'],
] as const;

/**
 * Throws USAGE where a push, or a file of image names, is asked for without a destination; the hint is the front's own
 * word for destinations. Throws REFERENCE for a malformed destination, USAGE for one with a digest, UNSUPPORTED for a
 * digest file that is a URL (kaniko sends it by PUT).
 */
export function checkDestinations(outputs: OutputSpec, hint: string): void {
  if (/^https?:\/\//i.test(outputs.digestFile ?? '')) {
    throw new BuildError('UNSUPPORTED', 'digest-file takes no URL', {
      hint: 'name a file and upload it in a step of its own',
    });
  }
  for (const tag of outputs.tags) checkDestination(tag);
  if (allOutputs(outputs).some((output) => output.kind === 'registry' && output.names.length === 0))
    throw new BuildError('USAGE', 'nowhere to push the image to', { hint });
  if (outputs.tags.length > 0) return;
  for (const [field, name] of NEEDS_DESTINATION) {
    if (outputs[field] !== undefined)
      throw new BuildError('USAGE', `${name} needs the name of a destination`, { hint });
  }
}

function checkDestination(tag: string): void {
  if (parseReference(tag).digest === undefined) return;
  throw new BuildError('USAGE', `destination ${tag} names a digest`, {
    hint: 'the digest comes out of the build; name a tag',
  });
}
