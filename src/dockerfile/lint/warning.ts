import { type LintWarning, type SourceRange } from '../instruction.ts';
import { type LintRule } from './rules.ts';

/** The warning of a rule about the place `at`, its message made of the words the rule asks for. */
export function lintWarning<Words extends readonly string[]>(
  rule: LintRule<Words>,
  at: { readonly range: SourceRange },
  ...words: Words
): LintWarning {
  const { name, description, url } = rule;
  return { rule: name, description, url, message: rule.format(...words), range: at.range };
}
