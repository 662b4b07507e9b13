/** The build as the fronts see it: inputs in, result out, whatever process does the work. */
export { runBuild } from './run-build.ts';
export { runCacheTask } from './cache/tend/run-cache-task.ts';
export { runCall } from './run-call.ts';
export { runDoctor } from './run-doctor.ts';
export { runExplain } from './cache/run-explain.ts';
export { runWarmer } from './warm/run-warmer.ts';
export { runPublish } from './publish/run-publish.ts';
