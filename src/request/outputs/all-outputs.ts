import type { BuildSpec, OutputSpec } from '../build-request.ts';
import { DEFAULT_FORM, isImageOutput, type Output } from './output.ts';

/** Everything that is done with an image, files before registries: what is pushed last says that all is there. */
export function allOutputs(spec: OutputSpec): readonly Output[] {
  const { tags, push, tarPath, ociLayoutPath, outputs = [], form = DEFAULT_FORM } = spec;
  const image = { names: tags, form, annotations: [] };
  // A layout holds OCI's media types, whatever else the image has.
  const oci = { ...form, format: 'oci' } as const;
  const all: Output[] = [
    ...(tarPath === undefined
      ? []
      : [{ kind: 'docker', to: { kind: 'file', path: tarPath }, ...image } as const]),
    ...(ociLayoutPath === undefined
      ? []
      : [{ kind: 'oci-layout', directory: ociLayoutPath, naming: 'verbatim', ...image, form: oci } as const]),
    ...outputs,
    ...(push ? [{ kind: 'registry', byDigest: false, ...image } as const] : []),
  ];
  return [...all.filter(({ kind }) => kind !== 'registry'), ...all.filter(({ kind }) => kind === 'registry')];
}

/** The output whose image is what the build is said to have made: the first that is pushed, or else the first image. */
export function primaryOf(outputs: readonly Output[]) {
  const images = outputs.filter(isImageOutput);
  return images.find(({ kind }) => kind === 'registry') ?? images[0];
}

/** How the layers a build makes are compressed from the start: as its primary output wants them. */
export function compressionOf(spec: OutputSpec): NonNullable<BuildSpec['compression']> {
  const { compression, level } = (primaryOf(allOutputs(spec)) ?? spec).form ?? DEFAULT_FORM;
  return { kind: compression, level };
}

/** All references the image is pushed to. */
export function pushedNames(spec: OutputSpec): readonly string[] {
  return allOutputs(spec).flatMap((output) => (output.kind === 'registry' ? output.names : []));
}
