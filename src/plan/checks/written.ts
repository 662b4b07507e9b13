import { LINT_RULES, lintWarning, type LintWarning, type StageInstruction } from '../../dockerfile/index.ts';
import type { StageScope } from './stage-scope.ts';

const SECRET = /(?:_|^)(?:apikey|auth|credentials?|key|password|pword|passwd|secret|token)(?:_|$)/i;
const NOT_SECRET = /(?:_|^)(?:public|file|version)(?:_|$)/i;

/**
 * The checks of an instruction as it is written, before its variables are replaced: LegacyKeyValueFormat,
 * SecretsUsedInArgOrEnv, MultipleInstructionsDisallowed and JSONArgsRecommended.
 */
export function checkWritten(instruction: StageInstruction, scope: StageScope): LintWarning[] {
  switch (instruction.kind) {
    case 'label':
      return legacyFormat(instruction);
    case 'env':
      return [
        ...legacyFormat(instruction),
        ...secrets(
          instruction,
          instruction.pairs.map(({ key }) => key),
        ),
      ];
    case 'arg':
      return secrets(
        instruction,
        instruction.args.map(({ name }) => name),
      );
    case 'cmd':
    case 'entrypoint':
      return [...repeated(instruction, scope), ...shellForm(instruction, scope)];
    case 'healthcheck':
      return repeated(instruction, scope);
    case 'shell':
      scope.shellChosen = true;
      return [];
    default:
      return [];
  }
}

function legacyFormat(instruction: Extract<StageInstruction, { legacy: boolean }>): LintWarning[] {
  if (!instruction.legacy) return [];
  return [lintWarning(LINT_RULES.legacyKeyValueFormat, instruction, keywordOf(instruction))];
}

function secrets(instruction: StageInstruction, names: readonly string[]): LintWarning[] {
  const keyword = instruction.kind.toUpperCase();
  return names
    .filter((name) => SECRET.test(name) && !NOT_SECRET.test(name))
    .map((name) => lintWarning(LINT_RULES.secretsUsedInArgOrEnv, instruction, keyword, name));
}

/** Warns of the one before: it is the one that has no effect. */
function repeated(instruction: StageInstruction, { last }: StageScope): LintWarning[] {
  const range = last.get(instruction.kind);
  last.set(instruction.kind, instruction.range);
  if (range === undefined) return [];
  return [lintWarning(LINT_RULES.multipleInstructionsDisallowed, { range }, keywordOf(instruction))];
}

/** CMD and ENTRYPOINT in shell form, unless somebody chose the shell. */
function shellForm(
  instruction: Extract<StageInstruction, { kind: 'cmd' | 'entrypoint' }>,
  { shellChosen }: StageScope,
): LintWarning[] {
  if (instruction.command.form === 'exec' || shellChosen) return [];
  return [lintWarning(LINT_RULES.jsonArgsRecommended, instruction, keywordOf(instruction))];
}

/** The keyword as it is written in the file. */
function keywordOf(instruction: StageInstruction): string {
  return instruction.keyword ?? instruction.kind.toUpperCase();
}
