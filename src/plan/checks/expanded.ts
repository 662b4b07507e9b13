import { posix } from 'node:path';
import {
  LINT_RULES,
  lintWarning,
  type CopyInstruction,
  type LintWarning,
  type StageInstruction,
  type WordInstruction,
} from '../../dockerfile/index.ts';
import type { StageScope } from './stage-scope.ts';

/** What is known of the build context. */
export interface ContextRules {
  /** Whether the ignore rules hide this source of a COPY; asked with a cleaned path. Undefined where nothing can be said. */
  readonly isIgnored?: ((source: string) => boolean) | undefined;
}

/** Starts of sources that are fetched: URLs, and repositories that go without a scheme. */
const REMOTE = /^(?:[a-z][a-z0-9+.-]*:\/\/|git@|github\.com\/)/i;

/**
 * The checks of an instruction whose variables are replaced: WorkdirRelativePath, CopyIgnoredFile, ExposeProtoCasing and
 * ExposeInvalidFormat.
 */
export function checkExpanded(
  instruction: StageInstruction,
  scope: StageScope,
  context: ContextRules,
): LintWarning[] {
  switch (instruction.kind) {
    case 'workdir':
      return relativeWorkdir(instruction, scope);
    case 'copy':
    case 'add':
      return ignoredSources(instruction, context);
    case 'expose':
      return instruction.values.flatMap((port) => exposed(instruction, port));
    default:
      return [];
  }
}

/** Only the first WORKDIR of a file is spoken of: with it all later ones are mended. */
function relativeWorkdir(instruction: WordInstruction, scope: StageScope): LintWarning[] {
  const isFirst = !scope.workdirSet;
  scope.workdirSet = true;
  if (!isFirst || instruction.value.startsWith('/')) return [];
  return [lintWarning(LINT_RULES.workdirRelativePath, instruction, instruction.value)];
}

function ignoredSources(instruction: CopyInstruction, { isIgnored }: ContextRules): LintWarning[] {
  if (isIgnored === undefined || instruction.from !== undefined) return [];
  const action = instruction.kind === 'add' ? 'Add' : 'Copy';
  return instruction.sources
    .filter((source) => !REMOTE.test(source))
    .map(cleaned)
    .filter(isIgnored)
    .map((source) => lintWarning(LINT_RULES.copyIgnoredFile, instruction, action, source));
}

/** As Go cleans a path: no slash at its end. */
function cleaned(source: string): string {
  const path = posix.normalize(source);
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}

function exposed(instruction: StageInstruction, port: string): LintWarning[] {
  const warnings: LintWarning[] = [];
  const protocol = port.slice(port.lastIndexOf(':') + 1).split('/')[1] ?? '';
  if (protocol !== protocol.toLowerCase()) {
    warnings.push(lintWarning(LINT_RULES.exposeProtoCasing, instruction, port));
  }
  if (port.includes(':')) warnings.push(lintWarning(LINT_RULES.exposeInvalidFormat, instruction, port));
  return warnings;
}
