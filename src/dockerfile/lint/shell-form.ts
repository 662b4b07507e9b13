import { type LintWarning, type Stage } from '../instruction.ts';
import { keywordOf, warning, type LintInput } from './input.ts';

/** JSONArgsRecommended: CMD and ENTRYPOINT in shell form, unless somebody chose the shell with SHELL. */
export function lintShellForm({ stages }: LintInput): LintWarning[] {
  const shellByName = new Map<string, boolean>();
  return stages.flatMap((stage) => {
    const inherited = shellByName.get(stage.from.image.toLowerCase()) ?? false;
    const { warnings, shellChosen } = lintStage(stage, inherited);
    const { stageName } = stage.from;
    if (stageName !== undefined) shellByName.set(stageName, shellChosen);
    return warnings;
  });
}

function lintStage(
  { instructions }: Stage,
  inherited: boolean,
): { readonly warnings: LintWarning[]; readonly shellChosen: boolean } {
  const warnings: LintWarning[] = [];
  let shellChosen = inherited;
  for (const instruction of instructions) {
    if (instruction.kind === 'shell') shellChosen = true;
    if (shellChosen || (instruction.kind !== 'cmd' && instruction.kind !== 'entrypoint')) continue;
    if (instruction.command.form === 'exec') continue;
    const message = `JSON arguments recommended for ${keywordOf(instruction)} to prevent unintended behavior related to OS signals`;
    warnings.push(warning('JSONArgsRecommended', message, instruction));
  }
  return { warnings, shellChosen };
}
