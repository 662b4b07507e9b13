import { locationOf, type Dockerfile, type LintWarning } from '../../dockerfile/index.ts';
import { BuildError } from '../../errors/index.ts';
import type { Reporter } from '../../report/index.ts';

/** Tells warnings of the build checks, each with its place and its page. Returns them as `Rule: message`. */
export function reportWarnings(
  warnings: readonly LintWarning[],
  dockerfile: Dockerfile,
  reporter: Reporter,
): string[] {
  for (const warning of warnings) reporter.warn(messageOf(warning), locationOf(dockerfile, warning.range));
  return warnings.map(({ rule, message }) => `${rule}: ${message}`);
}

/** A warning in one line: rule, message and, where there is one, the page of the rule. */
export function messageOf({ rule, message, url }: LintWarning): string {
  return `${rule}: ${message}${url === '' ? '' : ` (${url})`}`;
}

/** Throws DOCKERFILE_SEMANTICS for the first warning where the options of the checks make warnings fatal. */
export function refuseWarnings(warnings: readonly LintWarning[], dockerfile: Dockerfile): void {
  const [first] = warnings;
  if (dockerfile.check?.error !== true || first === undefined) return;
  const rules = [...new Set(warnings.map(({ rule }) => rule))].sort();
  throw new BuildError('DOCKERFILE_SEMANTICS', `lint violation found for rules: ${rules.join(', ')}`, {
    location: locationOf(dockerfile, first.range),
    hint: `check=error=true makes it fatal; mend it, or leave it out with check=skip=${first.rule}`,
  });
}
