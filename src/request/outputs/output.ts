import type { Compression } from '../../oci/index.ts';
import type { Annotation } from './annotation.ts';

export const IMAGE_FORMATS = ['oci', 'docker'] as const;
/** Whose media types an image has. */
export type ImageFormat = (typeof IMAGE_FORMATS)[number];

/** Media types and compression of an image where it is written to. */
export interface ImageForm {
  readonly format: ImageFormat;
  /** Of the layers the build makes; those of base images keep theirs. */
  readonly compression: Compression;
  /** 0 to 9 for gzip, 1 to 22 for zstd. */
  readonly level?: number | undefined;
  /** Layers of base images are compressed the same way. */
  readonly force: boolean;
}

export const DEFAULT_FORM: ImageForm = { format: 'oci', compression: 'gzip', force: false };

/** Where bytes go: a file by its absolute path, or standard output. */
export type ByteTarget = { readonly kind: 'file'; readonly path: string } | { readonly kind: 'stdout' };

/** An image that is written somewhere. */
interface ImageOutput {
  /** References the image gets there. */
  readonly names: readonly string[];
  readonly form: ImageForm;
  /** Beside those that all images of the build get. */
  readonly annotations: readonly Annotation[];
}

/** One thing that is done with what was built; buildx calls them exporters. */
export type Output =
  | (ImageOutput & {
      readonly kind: 'registry';
      /** No tag is set: the image is found by its digest alone. */
      readonly byDigest: boolean;
    })
  | (ImageOutput & { readonly kind: 'docker'; readonly to: ByteTarget })
  | (ImageOutput & { readonly kind: 'oci-archive'; readonly to: ByteTarget })
  | (ImageOutput & {
      readonly kind: 'oci-layout';
      readonly directory: string;
      /** How the image is named there: by its references, or by their tags as BuildKit does. */
      readonly naming: 'verbatim' | 'buildkit';
    })
  /** The root file system: unpacked, or as an archive. `split`: a directory for each platform. */
  | { readonly kind: 'local'; readonly directory: string; readonly split: boolean | undefined }
  | { readonly kind: 'tar'; readonly to: ByteTarget; readonly split: boolean | undefined };

/** True for outputs that have names and a form. */
export function isImageOutput(output: Output): output is Extract<Output, ImageOutput> {
  return output.kind !== 'local' && output.kind !== 'tar';
}
