import { quote } from '../characters.ts';
import { type Escape } from '../directives.ts';
import { expand } from '../expand/expand-word.ts';
import { type FromInstruction, type LintWarning } from '../instruction.ts';
import { didYouMean, suggest } from '../suggest.ts';
import { warning, type LintInput } from './input.ts';

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
  return [...names].map((name) => {
    const message = `FROM argument '${name}' is not declared${didYouMean(suggest(name, known))}`;
    return warning('UndefinedArgInFrom', message, from);
  });
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
    const message = `Setting platform to predefined ${platform} in FROM is redundant as this is the default behavior`;
    return [warning('RedundantTargetPlatform', message, from)];
  }
  const parts = platform.split('/');
  const constant = parts.length <= 3 && parts.every((part) => COMPONENT.test(part));
  // A stage that is named after the platform is meant for that platform.
  const named = parts.slice(0, 2).some((part) => from.stageName?.includes(part) === true);
  if (!constant || named) return [];
  const message = `FROM --platform flag should not use constant value ${quote(platform)}`;
  return [warning('FromPlatformFlagConstDisallowed', message, from)];
}
