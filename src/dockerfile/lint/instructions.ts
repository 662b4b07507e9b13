import { quote } from '../characters.ts';
import { type LintWarning, type StageInstruction } from '../instruction.ts';
import { keywordOf, warning, type LintInput } from './input.ts';

/** Of each of these, the last one of a stage is the one that counts. */
const ONCE = new Set<StageInstruction['kind']>(['cmd', 'entrypoint', 'healthcheck']);
const SECRET = /(?:_|^)(?:apikey|auth|credentials?|key|password|pword|passwd|secret|token)(?:_|$)/i;
const NOT_SECRET = /(?:_|^)(?:public|file|version)(?:_|$)/i;

/** MaintainerDeprecated, LegacyKeyValueFormat, SecretsUsedInArgOrEnv and MultipleInstructionsDisallowed. */
export function lintInstructions({ stages }: LintInput): LintWarning[] {
  return stages.flatMap(({ instructions }) => [
    ...instructions.flatMap(lintOne),
    ...lintRepeated(instructions),
  ]);
}

function lintOne(instruction: StageInstruction): LintWarning[] {
  switch (instruction.kind) {
    case 'maintainer': {
      const message = 'Maintainer instruction is deprecated in favor of using label';
      return [warning('MaintainerDeprecated', message, instruction)];
    }
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
    default:
      return [];
  }
}

function legacyFormat(instruction: Extract<StageInstruction, { legacy: boolean }>): LintWarning[] {
  if (!instruction.legacy) return [];
  const name = keywordOf(instruction);
  const message = `"${name} key=value" should be used instead of legacy "${name} key value" format`;
  return [warning('LegacyKeyValueFormat', message, instruction)];
}

function secrets(instruction: StageInstruction, names: readonly string[]): LintWarning[] {
  const what = instruction.kind.toUpperCase();
  return names
    .filter((name) => SECRET.test(name) && !NOT_SECRET.test(name))
    .map((name) => {
      const message = `Do not use ARG or ENV instructions for sensitive data (${what} ${quote(name)})`;
      return warning('SecretsUsedInArgOrEnv', message, instruction);
    });
}

/** The one that is warned of is the one that has no effect. */
function lintRepeated(instructions: readonly StageInstruction[]): LintWarning[] {
  const before = new Map<StageInstruction['kind'], StageInstruction>();
  const warnings: LintWarning[] = [];
  for (const instruction of instructions) {
    if (!ONCE.has(instruction.kind)) continue;
    const overridden = before.get(instruction.kind);
    before.set(instruction.kind, instruction);
    if (overridden === undefined) continue;
    const message = `Multiple ${keywordOf(instruction)} instructions should not be used in the same stage because only the last one will be used`;
    warnings.push(warning('MultipleInstructionsDisallowed', message, overridden));
  }
  return warnings;
}
