/** The conductor: from a build spec to an image whose layers lie in a local store. */
export { askForImages } from './ask-for-images.ts';
export { answerCall } from './call/answer-call.ts';
export type { CallPorts } from './call/answer-call.ts';
export { buildImage, prepareBuild } from './build-image.ts';
export type { BuiltImage } from './build-image.ts';
export { foresee } from './cache/foresee.ts';
export type { ForesightPorts } from './cache/foresee.ts';
export { placedSteps } from './cache/foresight.ts';
export type { ForeseenStep, Foresight, PlacedSteps } from './cache/foresight.ts';
export type {
  BuildPorts,
  Download,
  DownloadIdentity,
  LayerCache,
  DownloadRequest,
  Repository,
  RepositoryRequest,
  RunOutcome,
  RunRequest,
  Sandbox,
} from './ports.ts';
export type { RootSettings } from './stage-roots.ts';
