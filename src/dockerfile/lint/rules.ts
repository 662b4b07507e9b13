import { quote } from '../characters.ts';

/** One build check: what BuildKit calls it, where it is explained, and how its message is made. */
export interface LintRule<Words extends readonly string[] = readonly string[]> {
  readonly name: string;
  readonly description: string;
  /** Empty where there is no page on it. */
  readonly url: string;
  /** Silent unless `experimental=` asks for it; `skip=` has no say over it. */
  readonly experimental: boolean;
  readonly format: (...words: Words) => string;
}

const PAGES = 'https://docs.docker.com/go/dockerfile/rule/';

/** Every build check of BuildKit, texts as its own. */
export const LINT_RULES = {
  stageNameCasing: rule(
    'StageNameCasing',
    'Stage names should be lowercase',
    (name: string) => `Stage name '${name}' should be lowercase`,
  ),
  fromAsCasing: rule(
    'FromAsCasing',
    "The 'as' keyword should match the case of the 'from' keyword",
    (from: string, as: string) => `'${as}' and '${from}' keywords' casing do not match`,
  ),
  noEmptyContinuation: rule(
    'NoEmptyContinuation',
    'Empty continuation lines will become errors in a future release',
    () => 'Empty continuation line',
  ),
  consistentInstructionCasing: rule(
    'ConsistentInstructionCasing',
    'All commands within the Dockerfile should use the same casing (either upper or lower)',
    (keyword: string, casing: string) =>
      `Command '${keyword}' should match the case of the command majority (${casing})`,
  ),
  duplicateStageName: rule(
    'DuplicateStageName',
    'Stage names should be unique',
    (name: string) => `Duplicate stage name ${quote(name)}, stage names should be unique`,
  ),
  reservedStageName: rule(
    'ReservedStageName',
    'Reserved words should not be used as stage names',
    (name: string) => `Stage name should not use the same name as reserved stage ${quote(name)}`,
  ),
  jsonArgsRecommended: rule(
    'JSONArgsRecommended',
    'JSON arguments recommended for ENTRYPOINT/CMD to prevent unintended behavior related to OS signals',
    (keyword: string) =>
      `JSON arguments recommended for ${keyword} to prevent unintended behavior related to OS signals`,
  ),
  maintainerDeprecated: rule(
    'MaintainerDeprecated',
    'The MAINTAINER instruction is deprecated, use a label instead to define an image author',
    () => 'Maintainer instruction is deprecated in favor of using label',
  ),
  undefinedArgInFrom: rule(
    'UndefinedArgInFrom',
    'FROM command must use declared ARGs',
    (name: string, suggestion: string) => `FROM argument '${name}' is not declared${suggestion}`,
  ),
  workdirRelativePath: rule(
    'WorkdirRelativePath',
    'Relative workdir without an absolute workdir declared within the build can have unexpected results if the base image changes',
    (path: string) => `Relative workdir ${quote(path)} can have unexpected results if the base image changes`,
  ),
  undefinedVar: rule(
    'UndefinedVar',
    'Variables should be defined before their use',
    (name: string, suggestion: string) => `Usage of undefined variable '$${name}'${suggestion}`,
  ),
  multipleInstructionsDisallowed: rule(
    'MultipleInstructionsDisallowed',
    'Multiple instructions of the same type should not be used in the same stage',
    (keyword: string) =>
      `Multiple ${keyword} instructions should not be used in the same stage because only the last one will be used`,
  ),
  legacyKeyValueFormat: rule(
    'LegacyKeyValueFormat',
    'Legacy key/value format with whitespace separator should not be used',
    (keyword: string) =>
      `"${keyword} key=value" should be used instead of legacy "${keyword} key value" format`,
  ),
  invalidBaseImagePlatform: {
    ...rule(
      'InvalidBaseImagePlatform',
      'Base image platform does not match expected target platform',
      (image: string, expected: string, actual: string) =>
        `Base image ${image} was pulled with platform ${quote(actual)}, expected ${quote(expected)} for current build`,
    ),
    url: '',
  },
  redundantTargetPlatform: rule(
    'RedundantTargetPlatform',
    'Setting platform to predefined $TARGETPLATFORM in FROM is redundant as this is the default behavior',
    (written: string) =>
      `Setting platform to predefined ${written} in FROM is redundant as this is the default behavior`,
  ),
  secretsUsedInArgOrEnv: rule(
    'SecretsUsedInArgOrEnv',
    'Sensitive data should not be used in the ARG or ENV commands',
    (keyword: string, name: string) =>
      `Do not use ARG or ENV instructions for sensitive data (${keyword} ${quote(name)})`,
  ),
  invalidDefaultArgInFrom: rule(
    'InvalidDefaultArgInFrom',
    'Default value for global ARG results in an empty or invalid base image name',
    (written: string) => `Default value for ARG ${written} results in empty or invalid base image name`,
  ),
  fromPlatformFlagConstDisallowed: rule(
    'FromPlatformFlagConstDisallowed',
    'FROM --platform flag should not use a constant value',
    (platform: string) => `FROM --platform flag should not use constant value ${quote(platform)}`,
  ),
  copyIgnoredFile: rule(
    'CopyIgnoredFile',
    'Attempting to Copy file that is excluded by .dockerignore',
    (action: string, source: string) =>
      `Attempting to ${action} file ${quote(source)} that is excluded by .dockerignore`,
  ),
  invalidDefinitionDescription: {
    ...rule(
      'InvalidDefinitionDescription',
      'Comment for build stage or argument should follow the format: `# <arg/stage name> <description>`. If this is not intended to be a description comment, add an empty line or comment between the instruction and the comment.',
      (keyword: string, name: string) =>
        `Comment for ${keyword} should follow the format: \`# ${name} <description>\``,
    ),
    experimental: true,
  },
  exposeProtoCasing: rule(
    'ExposeProtoCasing',
    'Protocol in EXPOSE instruction should be lowercase',
    (port: string) => `Defined protocol '${port}' in EXPOSE instruction should be lowercase`,
  ),
  exposeInvalidFormat: rule(
    'ExposeInvalidFormat',
    'IP address and host-port mapping should not be used in EXPOSE instruction. This will become an error in a future release',
    (port: string) =>
      `EXPOSE instruction should not define an IP address or host-port mapping, found '${port}'`,
  ),
} as const;

/** A rule whose page is named after it: JSONArgsRecommended is explained in json-args-recommended. */
function rule<Words extends readonly string[]>(
  name: string,
  description: string,
  format: (...words: Words) => string,
): LintRule<Words> {
  const page = name
    .replace(/([a-z])([A-Z])/g, '$1-$2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1-$2')
    .toLowerCase();
  return { name, description, url: `${PAGES}${page}/`, experimental: false, format };
}
