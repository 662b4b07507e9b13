/** Dockerfiles: text in, stages of typed instructions out, and the rules of where variables are replaced. */
export { parseDockerfile } from './parse/parse-dockerfile.ts';
export type { ParseOptions } from './parse/parse-dockerfile.ts';
export { parseTrigger } from './parse/parse-trigger.ts';
export type { TriggerOptions } from './parse/parse-trigger.ts';
export { expandFrom, expandInstruction } from './expand/expand-instruction.ts';
export type { InstructionExpandOptions } from './expand/expand-instruction.ts';
export { exposedPorts } from './expand/exposed-ports.ts';
export { expandWord } from './expand/expand-word.ts';
export type { Expansion, ExpandOptions, Lookup } from './expand/expansion.ts';
export { isGitSource, isHttpSource } from './remote-source.ts';
export { shellScript, soleHeredoc } from './heredoc.ts';
export { parseCheckOptions } from './check-options.ts';
export { admitWarnings } from './lint/admit.ts';
export { describedAs } from './lint/comments.ts';
export { LINT_RULES } from './lint/rules.ts';
export { lintWarning } from './lint/warning.ts';
export { locationOf } from './source-location.ts';
export { didYouMean, suggest, suggestIgnoringCase } from './suggest.ts';
export type { Escape } from './directives.ts';
export type {
  ArgInstruction,
  CheckOptions,
  CommandInstruction,
  CommandLine,
  CopyInstruction,
  Dockerfile,
  FromInstruction,
  HealthcheckInstruction,
  Heredoc,
  Instruction,
  LintWarning,
  OnbuildInstruction,
  PairsInstruction,
  RunInstruction,
  RunMountFlag,
  ShellInstruction,
  SourceRange,
  Stage,
  StageInstruction,
  WordInstruction,
  WordsInstruction,
} from './instruction.ts';
