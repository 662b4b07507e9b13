/** The one options value of a build, and the grammars its text forms are written in. */
export { assembleRequest } from './assemble-request.ts';
export type { AssembledRequest } from './assemble-request.ts';
export type {
  AskedBuild,
  BuildRequest,
  BuildSpec,
  GitToken,
  GivenAgent,
  GivenCredential,
  GivenSecret,
  IsolationChoice,
  OutputSpec,
  RegistryOptions,
  RetryCounts,
  RunOptions,
} from './build-request.ts';
export type { CacheLocation, CacheOptions, CacheTarget } from './cache/cache-options.ts';
export type { BuildResult, CacheOutcome, CacheReport, FetchedBytes, ResultLayer } from './build-result.ts';
export { cacheSecrets } from './cache/cache-secrets.ts';
export { cacheSummary } from './cache/cache-summary.ts';
export { readSigningKey } from './cache/signing-key.ts';
export { cacheTaskRequest } from './cache/cache-task.ts';
export type { CacheTask, CacheTaskRequest, RunCacheTask } from './cache/cache-task.ts';
export type { CallChoice } from './call-choice.ts';
export { parseChoice } from './choice.ts';
export { CREDENTIAL_HELPERS } from './credential-helpers.ts';
export type { CredentialHelper } from './credential-helpers.ts';
export { defaultContext, parseFile } from './context-choice.ts';
export { checkDestinations } from './destinations.ts';
export type {
  ArchiveService,
  BuildSurroundings,
  CallAnswer,
  CommandAnswer,
  Environment,
  RunBuild,
  RunCall,
  RunDoctor,
  RunExplain,
} from './front-ports.ts';
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
export { allOutputs, primaryOf, pushedNames } from './outputs/all-outputs.ts';
export type { Annotation, AnnotationLevel } from './outputs/annotation.ts';
export { DEFAULT_FORM, isImageOutput } from './outputs/output.ts';
export type { ByteTarget, ImageForm, ImageFormat, Output } from './outputs/output.ts';
export { parseBuildArgs, parseLabels } from './pairs.ts';
export { githubCredential, impliedCredentials } from './implied-credentials.ts';
export { publishRequest } from './publish-request.ts';
export type { PublishChoices, PublishCommand, PublishRequest, RunPublish } from './publish-request.ts';
export { credentialOf, parseRegistryAuth } from './registry-auth.ts';
export { parseRegistryMap } from './registry-map.ts';
export { parseSecretFlags } from './run/secret-flags.ts';
export { readSecretInputs } from './run/secret-inputs.ts';
export type { ReadSecrets } from './run/read-secret.ts';
export { contextKey } from './sources/context-key.ts';
export type { ContextSpec, DockerfileSpec, NamedContext, NamedSource } from './sources/context-spec.ts';
export type { GitOptions } from './sources/git-options.ts';
export type { GitSource } from './sources/git-source.ts';
export { parseContext } from './sources/parse-context.ts';
export { checkCommit, parseGitSource } from './sources/parse-git-source.ts';
export { parseNamedSources } from './sources/parse-named-source.ts';
export { withPullMethod } from './sources/pull-method.ts';
export { sourceDateEpoch, withContextEpoch } from './source-date-epoch.ts';
export { warmRequest } from './warm-request.ts';
export type { RunWarmer, WarmRequest } from './warm-request.ts';
export { normaliseTags } from './tags.ts';
