import { type CheckOptions, type Instruction } from '../instruction.ts';
import { parseCheckOptions } from '../check-options.ts';

const DIRECTIVE = /^(?:#\s*)?([a-zA-Z][a-zA-Z0-9]*)\s*=\s*(\S.*)$/;
const DIRECTIVES = new Set(['check', 'escape', 'syntax']);

type Commented = Pick<Instruction, 'comments'>;

/** The comments straight above an instruction that are meant for people. */
export function descriptionsOf({ comments = [] }: Commented): readonly string[] {
  return comments.filter((comment) => directiveOf(comment) === undefined);
}

/** What the comments above an instruction say of a name: the rest of the first one that begins with it. */
export function describedAs(name: string, { comments = [] }: Commented): string {
  const start = `${name} `;
  return comments.find((comment) => comment.startsWith(start))?.slice(start.length) ?? '';
}

/**
 * What the first `# check=` straight above an instruction asks for that instruction alone; undefined where there is none
 * or it makes no sense.
 */
export function ownCheckOptions({ comments = [] }: Commented): CheckOptions | undefined {
  const directive = comments.map(directiveOf).find((found) => found?.name === 'check');
  if (directive === undefined) return undefined;
  try {
    // What follows a blank is a remark.
    return parseCheckOptions(directive.value.split(' ', 1)[0] ?? '');
  } catch {
    return undefined;
  }
}

function directiveOf(comment: string): { readonly name: string; readonly value: string } | undefined {
  const [, name = '', value = ''] = DIRECTIVE.exec(comment) ?? [];
  const lower = name.toLowerCase();
  return DIRECTIVES.has(lower) ? { name: lower, value } : undefined;
}
