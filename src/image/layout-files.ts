import { readFileSync, statSync } from 'node:fs';
import { z } from 'zod';
import { parseJson, shaped } from './document.ts';
import { MANIFEST_LIMIT_BYTES } from './limits.ts';
import { BuildError, toBuildError } from '../errors/index.ts';
import { ImageIndex, mediaTypes } from '../oci/index.ts';

const LAYOUT_VERSION = '1.0.0';
const LayoutMarker = z.looseObject({ imageLayoutVersion: z.string() });

/** True where the `oci-layout` file is there and of the version we write; throws IMAGE for any other version. */
export function requireLayoutVersion(path: string): boolean {
  const bytes = readSmallFile(path);
  if (bytes === undefined) return false;
  const { imageLayoutVersion } = shaped(LayoutMarker, parseJson(bytes, path), 'oci-layout file');
  if (imageLayoutVersion === LAYOUT_VERSION) return true;
  throw new BuildError(
    'IMAGE',
    `${path} is of the version ${JSON.stringify(imageLayoutVersion)}; only ${LAYOUT_VERSION} is known`,
  );
}

/** The layout's `index.json`; an empty index where there is none. Throws IMAGE where it is not valid. */
export function readIndex(path: string): ImageIndex {
  const bytes = readSmallFile(path);
  if (bytes === undefined) return { schemaVersion: 2, mediaType: mediaTypes.OCI_INDEX, manifests: [] };
  return shaped(ImageIndex, parseJson(bytes, path), 'index.json of the layout');
}

function readSmallFile(path: string): Buffer | undefined {
  try {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined) return undefined;
    if (!stat.isFile() || stat.size > MANIFEST_LIMIT_BYTES) {
      throw new BuildError('IMAGE', `${path} is no file of at most ${MANIFEST_LIMIT_BYTES} bytes`);
    }
    return readFileSync(path);
  } catch (error) {
    throw toBuildError(error);
  }
}
