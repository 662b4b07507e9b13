/** An OCI registry inside the test's process, on the loopback interface, that fails on demand. */
export { startRegistry, type RegistrySettings, type RunningRegistry } from './start-registry.ts';
export { type AuthSettings } from './auth.ts';
export { type Fault } from './faults.ts';
export { type Step } from './route.ts';
export { type UploadDialect } from './uploads.ts';
