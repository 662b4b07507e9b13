/** The build as the fronts see it: inputs in, result out, whatever process does the work. */
export { runBuild } from './run-build.ts';
export { runCall } from './run-call.ts';
export { runDoctor } from './run-doctor.ts';
export { runPublish } from './publish/run-publish.ts';
