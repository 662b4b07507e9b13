/** Other programs: starting, feeding, waiting for and killing them. The only home of node:child_process. */
export { findProgram } from './find-program.ts';
export { hideArguments } from './hide-arguments.ts';
export { closeInheritedDescriptors } from './inherited-descriptors.ts';
export { descendantsOf, killTree, listProcesses, sendSignal, statFields } from './process-tree.ts';
export type { RunOptions, RunResult } from './run-options.ts';
export { run } from './run.ts';
export { runSync } from './run-sync.ts';
export { spawnProcess } from './spawn-process.ts';
export type { ChildHandle, ProcessExit, SpawnSettings } from './spawn-process.ts';
