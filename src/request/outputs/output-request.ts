import { resolve } from 'node:path';
import type { OutputSpec } from '../build-request.ts';
import type { OptionValues } from '../option-values.ts';
import { parseAnnotations } from './annotation.ts';
import { chooseOutputs, type OutputChoices } from './choose-outputs.ts';
import { formOf } from './image-form.ts';

/** What the fronts call by different names. */
export interface GivenOutputs extends Pick<OutputChoices, 'outputs' | 'push' | 'noPush'> {
  readonly destinations: readonly string[];
  readonly annotations: readonly string[];
}

export interface OutputRequest {
  readonly outputs: OutputSpec;
  /** Registries that are spoken to without encryption. */
  readonly insecureRegistries: readonly string[];
  readonly warnings: readonly string[];
}

/** Where the image goes, by a front's values. Throws USAGE, UNSUPPORTED and REFERENCE. */
export function outputRequest(values: OptionValues, given: GivenOutputs, cwd: string): OutputRequest {
  const form = formOf({
    format: values.text('image-format'),
    compression: values.text('compression'),
    level: values.text('compression-level'),
    force: values.flag('force-compression'),
  });
  const choices = { ...given, tags: given.destinations, form, cwd };
  const { warnings, insecureRegistries, ...chosen } = chooseOutputs(choices);
  return {
    outputs: { ...chosen, form, annotations: parseAnnotations(given.annotations), ...filesOf(values, cwd) },
    insecureRegistries,
    warnings,
  };
}

function filesOf(values: OptionValues, cwd: string): Omit<OutputSpec, 'tags' | 'push'> {
  const path = (text: string | undefined) => (text === undefined ? undefined : resolve(cwd, text));
  const digestFile = values.text('digest-file');
  return {
    tarPath: path(values.text('tar-path')),
    ociLayoutPath: path(values.text('oci-layout-path')),
    digestFile: /^https?:\/\//i.test(digestFile ?? '') ? digestFile : path(digestFile),
    imageNameWithDigestFile: path(values.text('image-name-with-digest-file')),
    imageNameTagWithDigestFile: path(values.text('image-name-tag-with-digest-file')),
  };
}
