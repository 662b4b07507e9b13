import {
  admitWarnings,
  expandWord,
  LINT_RULES,
  lintWarning,
  type Dockerfile,
  type LintWarning,
} from '../../dockerfile/index.ts';
import { parseReference } from '../../reference/index.ts';
import type { BuildSpec } from '../../request/index.ts';
import { globalScope } from '../global-scope.ts';

/** InvalidDefaultArgInFrom: bases that have no usable name as long as nobody gives a build argument. */
export function checkDefaultBases(dockerfile: Dockerfile, spec: BuildSpec): LintWarning[] {
  try {
    const scope = globalScope(dockerfile, { ...spec, buildArgs: {} });
    const warnings = dockerfile.stages
      .filter(({ from }) => {
        const name = expandWord(from.image, (variable) => scope.get(variable), dockerfile);
        return !isReference(name);
      })
      .map(({ from }) => lintWarning(LINT_RULES.invalidDefaultArgInFrom, from, from.image));
    return admitWarnings(warnings, dockerfile);
  } catch {
    // Expressions that cannot be replaced are the build's to complain of.
    return [];
  }
}

function isReference(name: string): boolean {
  try {
    parseReference(name);
    return true;
  } catch {
    return false;
  }
}
