/** The one options value of a build, and the grammars its text forms are written in. */
export { assembleRequest } from './assemble-request.ts';
export type { AssembledRequest } from './assemble-request.ts';
export type {
  BuildRequest,
  BuildSpec,
  ContextSpec,
  GivenAgent,
  GivenCredential,
  GivenSecret,
  IsolationChoice,
  OutputSpec,
  RegistryOptions,
  RunOptions,
} from './build-request.ts';
export type { BuildResult, ResultLayer } from './build-result.ts';
export { parseChoice } from './choice.ts';
export { defaultContext, parseContext, parseFile } from './context-choice.ts';
export { checkDestinations } from './destinations.ts';
export type { BuildSurroundings, Environment, RunBuild, RunDoctor } from './front-ports.ts';
export { parseActionBool, parseGoBool } from './go-bool.ts';
export { imageFiles, imageMetadata, repositoryOf, writeTextFiles } from './image-files.ts';
export { parseListInput } from './list-input.ts';
export type { OptionValues } from './option-values.ts';
export { FLAG_OPTIONS, INPUT_OPTIONS, OPTION_GROUPS } from './options/index.ts';
export type {
  FlagName,
  FlagOption,
  FlagSpec,
  InputName,
  InputOption,
  OptionSpec,
  Treatment,
} from './options/index.ts';
export { parseBuildArgs, parseLabels } from './pairs.ts';
export { credentialOf, parseRegistryAuth } from './registry-auth.ts';
export { parseRegistryMap } from './registry-map.ts';
export { scratchParentOf } from './scratch-parent.ts';
export { sourceDateEpoch } from './source-date-epoch.ts';
export { normaliseTags } from './tags.ts';
