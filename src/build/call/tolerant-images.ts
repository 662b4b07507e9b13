import { BuildError } from '../../errors/index.ts';
import type { BaseImage, BaseImages } from '../../plan/index.ts';

/**
 * The same images, and for each that no registry has, or that no registry can be asked for, one that is empty; `missing`
 * is told of these. What is wrong with a reference itself stays an error.
 */
export function tolerantImages(
  images: BaseImages,
  missing: (image: BaseImage, reference: string, error: unknown) => void,
): BaseImages {
  return {
    // A layout of this machine is there or it is not: no registry has anything to do with it.
    resolveLayout: (context, platform) => images.resolveLayout(context, platform),
    resolve: async (reference, platform) => {
      try {
        return await images.resolve(reference, platform);
      } catch (error) {
        if (error instanceof BuildError && ['CANCELLED', 'REFERENCE'].includes(error.code)) throw error;
        const { os, architecture } = platform;
        const image: BaseImage = { name: reference, config: { os, architecture }, layers: [] };
        missing(image, reference, error);
        return image;
      }
    },
  };
}
