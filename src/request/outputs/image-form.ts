import { BuildError } from '../../errors/index.ts';
import type { Compression } from '../../oci/index.ts';
import { parseChoice } from '../choice.ts';
import { DEFAULT_FORM, IMAGE_FORMATS, type ImageForm } from './output.ts';

/** What was said of an image's form, as text; what is absent is taken from the defaults. */
export interface GivenForm {
  readonly format?: string | undefined;
  readonly compression?: string | undefined;
  readonly level?: string | undefined;
  readonly force?: boolean | undefined;
}

const COMPRESSIONS: Readonly<Record<string, Compression>> = {
  gzip: 'gzip',
  zstd: 'zstd',
  uncompressed: 'none',
};
const LEVELS: Readonly<Record<Compression, readonly [number, number]>> = {
  none: [0, 22],
  gzip: [0, 9],
  zstd: [1, 22],
};

/** The form of an image from what is given, `defaults` for the rest. Throws USAGE and UNSUPPORTED. */
export function formOf(given: GivenForm, defaults: ImageForm = DEFAULT_FORM): ImageForm {
  const compression =
    given.compression === undefined ? defaults.compression : compressionOf(given.compression);
  const inherited = compression === defaults.compression ? defaults.level : undefined;
  const form: ImageForm = {
    format:
      given.format === undefined ? defaults.format : parseChoice(given.format, IMAGE_FORMATS, 'image-format'),
    compression,
    level: given.level === undefined ? inherited : levelOf(given.level, compression),
    force: given.force ?? defaults.force,
  };
  if (form.format === 'docker' && form.compression === 'zstd') {
    throw new BuildError('USAGE', "Docker's image format has no layers compressed with zstd", {
      hint: 'use the image format oci, or gzip',
    });
  }
  return form;
}

function compressionOf(text: string): Compression {
  const found = Object.hasOwn(COMPRESSIONS, text) ? COMPRESSIONS[text] : undefined;
  if (found !== undefined) return found;
  if (text === 'estargz') {
    throw new BuildError('UNSUPPORTED', 'layers are not written as estargz', {
      hint: 'use gzip, or convert the image in a step of its own, for instance with ctr-remote or nerdctl image convert',
    });
  }
  return parseChoice<never>(text, Object.keys(COMPRESSIONS) as never[], 'compression');
}

/** kaniko's -1 is the default of the compression. */
function levelOf(text: string, compression: Compression): number | undefined {
  if (text === '-1') return undefined;
  const [least, most] = LEVELS[compression];
  const level = /^\d{1,2}$/.test(text) ? Number(text) : -1;
  if (level >= least && level <= most) return level;
  const range = compression === 'none' ? 'a number' : `${least} to ${most} for ${compression}`;
  throw new BuildError('USAGE', `invalid compression level ${JSON.stringify(text)}`, {
    hint: `${range}, or -1 for the default`,
  });
}
