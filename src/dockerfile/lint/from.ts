import { type Escape } from '../directives.ts';
import { expand } from '../expand/expand-word.ts';
import { type FromInstruction, type LintWarning } from '../instruction.ts';
import { didYouMean, suggest } from '../suggest.ts';
import { type LintInput } from './input.ts';
import { LINT_RULES } from './rules.ts';
import { lintWarning } from './warning.ts';

/** Known in every FROM without an ARG. */
const PREDEFINED = [
  ...['PLATFORM', 'OS', 'OSVERSION', 'ARCH', 'VARIANT'].flatMap((part) => [`BUILD${part}`, `TARGET${part}`]),
  'TARGETSTAGE',
];
const COMPONENT = /^[A-Za-z0-9_.-]+$/;

/** UndefinedArgInFrom, RedundantTargetPlatform and FromPlatformFlagConstDisallowed. */
export function lintFrom({ metaArgs, stages, statements }: LintInput): LintWarning[] {
  const declared = metaArgs.flatMap(({ args }) => args.map(({ name }) => name));
  const known = new Set([...PREDEFINED, ...declared]);
  const escape = statements[0]?.escape ?? '\\';
  return stages.flatMap(({ from }) => [...undefinedArgs(from, known, escape), ...platformFlag(from)]);
}

function undefinedArgs(from: FromInstruction, known: ReadonlySet<string>, escape: Escape): LintWarning[] {
  const names = new Set(
    [from.image, from.platform ?? ''].flatMap((word) => unknownNames(word, known, escape)),
  );
  return [...names].map((name) =>
    lintWarning(LINT_RULES.undefinedArgInFrom, from, name, didYouMean(suggest(name, known))),
  );
}

function unknownNames(word: string, known: ReadonlySet<string>, escape: Escape): readonly string[] {
  try {
    const lookup = (name: string): string | undefined => (known.has(name) ? 'declared' : undefined);
    return [...expand(word, lookup, { escape }).unmatched];
  } catch {
    // The build fails on this expression and says why.
    return [];
  }
}

function platformFlag(from: FromInstruction): LintWarning[] {
  const { platform } = from;
  if (platform === undefined) return [];
  if (platform === '$TARGETPLATFORM' || platform === '${TARGETPLATFORM}') {
    return [lintWarning(LINT_RULES.redundantTargetPlatform, from, platform)];
  }
  const parts = platform.split('/');
  const constant = parts.length <= 3 && parts.every((part) => COMPONENT.test(part));
  // A stage that is named after the platform is meant for that platform.
  const named = parts.slice(0, 2).some((part) => from.stageName?.includes(part) === true);
  if (!constant || named) return [];
  return [lintWarning(LINT_RULES.fromPlatformFlagConstDisallowed, from, platform)];
}
