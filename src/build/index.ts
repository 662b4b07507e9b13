/** The conductor: from a build spec to an image whose layers lie in a local store. */
export { buildImage } from './build-image.ts';
export type { BuiltImage } from './build-image.ts';
export type { BuildPorts, Download, DownloadRequest, RunOutcome, RunRequest, Sandbox } from './ports.ts';
export type { RootSettings } from './stage-roots.ts';
