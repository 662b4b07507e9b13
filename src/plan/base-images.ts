import type { Platform } from '../oci/index.ts';
import { parseReference } from '../reference/index.ts';
import type { BaseImage } from './planned-stage.ts';

/** Where images are looked up: a registry client, or whatever stands between the builder and one. */
export interface BaseImages {
  /** Resolves a reference for a platform; the same one is asked for only once. Throws REGISTRY_* and IMAGE. */
  resolve(reference: string, platform: Platform): Promise<BaseImage>;
  /** The image of the layout that is the named context of this name. Throws IMAGE. */
  resolveLayout(context: string, platform: Platform): Promise<BaseImage>;
}

/** The images with every look-up remembered: stages that share a base share its resolution. */
export function rememberImages(images: BaseImages): BaseImages {
  const known = new Map<string, Promise<BaseImage>>();
  const once = (key: string, resolve: () => Promise<BaseImage>): Promise<BaseImage> => {
    const found = known.get(key) ?? resolve();
    known.set(key, found);
    return found;
  };
  return {
    resolve: async (reference, platform) => {
      // A malformed reference is the Dockerfile's fault and needs no registry to be found out.
      parseReference(reference);
      return once(JSON.stringify([reference, platform]), () => images.resolve(reference, platform));
    },
    resolveLayout: (context, platform) =>
      once(JSON.stringify(['layout', context, platform]), () => images.resolveLayout(context, platform)),
  };
}
