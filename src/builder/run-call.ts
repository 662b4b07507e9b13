import { answerCall } from '../build/index.ts';
import { DirectoryStore } from '../content/index.ts';
import { openDirectoryContext } from '../context/index.ts';
import type { RunCall } from '../request/index.ts';
import { BaseImageSource } from './base-image-source.ts';
import { gatherSources, sourceTools } from './gather-sources.ts';
import { inScratch } from './in-scratch.ts';
import { openWarm } from './warm/warm-bases.ts';

/**
 * Answers a question about a build in this process: nothing of the build is executed, so nothing needs to be kept apart.
 * Leaves nothing behind on this machine. Throws BuildError.
 */
export const runCall: RunCall = (request, call, surroundings) =>
  inScratch(request, surroundings, async ({ scratch, http, registry }) => {
    const { reporter, signal } = surroundings;
    const tools = sourceTools(request, surroundings, { http, scratch, signal });
    const spec = await gatherSources(request.spec, tools);
    const store = new DirectoryStore(scratch);
    const warm = openWarm(request.warmBases, reporter);
    const images = new BaseImageSource(registry, store, signal, new Map(), undefined, warm);
    const context = openDirectoryContext(spec.context.path, { dockerfilePath: spec.dockerfile });
    return answerCall(spec, call, { images, context, say: (message) => reporter.info(message) });
  });
