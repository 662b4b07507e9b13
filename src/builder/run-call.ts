import { mkdirSync, rmSync } from 'node:fs';
import { answerCall } from '../build/index.ts';
import { DirectoryStore } from '../content/index.ts';
import { openDirectoryContext } from '../context/index.ts';
import { createHttpClient } from '../http/index.ts';
import { createRegistryClient, registryTrust } from '../registry/index.ts';
import type { RunCall } from '../request/index.ts';
import { BaseImageSource } from './base-image-source.ts';
import { gatherSources, sourceTools } from './gather-sources.ts';
import { makeScratch } from './make-scratch.ts';

/**
 * Answers a question about a build in this process: nothing of the build is executed, so nothing needs to be kept apart.
 * Leaves nothing behind on this machine. Throws BuildError.
 */
export const runCall: RunCall = async (request, call, surroundings) => {
  const { env, reporter, signal } = surroundings;
  const { registries, credentials, scratchParent } = request;
  mkdirSync(scratchParent, { recursive: true });
  const scratch = makeScratch(scratchParent);
  const http = createHttpClient({ env, materialOf: registryTrust(registries, env) });
  try {
    const spec = await gatherSources(
      request.spec,
      sourceTools(request, surroundings, { http, scratch, signal }),
    );
    const registry = createRegistryClient({ registries, credentials, env, reporter, http });
    const images = new BaseImageSource(registry, new DirectoryStore(scratch), signal);
    const context = openDirectoryContext(spec.context.path, { dockerfilePath: spec.dockerfile });
    return await answerCall(spec, call, { images, context, say: (message) => reporter.info(message) });
  } finally {
    await http.close();
    rmSync(scratch, { recursive: true, force: true });
  }
};
