/** Becoming root over a file tree on this machine, and running one RUN in namespaces of its own. */
export { BACKEND_NAMES, NO_BACKEND } from './backend/backend.ts';
export type { Backend, BackendName } from './backend/backend.ts';
export { shareScratch } from './backend/shared-scratch.ts';
export { removeScratch } from './backend/remove-scratch.ts';
export { startInside } from './backend/start-inside.ts';
export type { InsideOptions } from './backend/inside-options.ts';
export { doctorJson, doctorText, noRunError } from './doctor/doctor.ts';
export { runInPlace } from './inplace/run-in-place.ts';
export { JOURNAL, keptInRoot, rootToTakeOver } from './probe/builder-image.ts';
export { executesArchitecture } from './foreign/executes-architecture.ts';
export { chooseBackend, choiceLine } from './probe/choose-backend.ts';
export type { MachineFacts } from './probe/machine-facts.ts';
export { probeIsolation } from './probe/probe-isolation.ts';
export type { ProbeOptions, ProbeReport, ProbeResult } from './probe/probe-isolation.ts';
export { runInProot } from './proot/run-in-proot.ts';
export { sandboxTools } from './sandbox-tools.ts';
export { findScratch, placeLine, tryPlaces } from './scratch/find-scratch.ts';
export type { FoundScratch } from './scratch/find-scratch.ts';
export { makeScratch } from './scratch/make-scratch.ts';
export type { Scratch } from './scratch/make-scratch.ts';
export { PROOT_MEMORY } from './proot/proot-mounts.ts';
export { sweepStale } from './scratch/sweep.ts';
export type { SandboxTools } from './sandbox-tools.ts';
export { runSandboxed } from './sandbox/run-sandboxed.ts';
export type {
  ResourceLimit,
  SandboxBind,
  SandboxMount,
  SandboxResult,
  SandboxSpec,
  SandboxUser,
} from './sandbox/sandbox-spec.ts';
