import { describedAs } from '../../dockerfile/index.ts';
import type { Outline, OutlineMount, Plan } from '../../plan/index.ts';
import { goTable } from './go-table.ts';
import { base64, jsonLocation } from './source-json.ts';

/** `--call outline`: what a build of the target can be given. */
export function outlineJson(plan: Plan, outline: Outline): unknown {
  const { name, description } = titleOf(plan);
  const args = outline.args.map(({ name: arg, description: text, value, range }) => ({
    name: arg,
    ...(text !== '' && { description: text }),
    ...(value !== '' && { value }),
    location: jsonLocation(range),
  }));
  const secrets = outline.secrets.map(jsonMount);
  const ssh = outline.ssh.map(jsonMount);
  return {
    ...(name !== '' && { name }),
    ...(description !== '' && { description }),
    ...(args.length > 0 && { args }),
    ...(secrets.length > 0 && { secrets }),
    ...(ssh.length > 0 && { ssh }),
    sources: [base64(plan.dockerfile.text)],
  };
}

/** The same for people: a table for each kind that there is something of. */
export function outlineText(plan: Plan, { args, secrets, ssh }: Outline): string {
  const { name, description } = titleOf(plan);
  const title = [['TARGET:', name], ...(description === '' ? [] : [['DESCRIPTION:', description]])];
  const tables = [
    name === '' ? '' : goTable(title, 1),
    table(
      ['BUILD ARG', 'VALUE', 'DESCRIPTION'],
      args.map((arg) => [arg.name, arg.value, arg.description]),
    ),
    table(['SECRET', 'REQUIRED'], secrets.map(mountRow)),
    table(['SSH', 'REQUIRED'], ssh.map(mountRow)),
  ];
  return tables
    .filter((text) => text !== '')
    .map((text) => `${text}\n`)
    .join('');
}

function titleOf({ target: { from } }: Plan): { readonly name: string; readonly description: string } {
  const name = from?.stageName ?? '';
  return { name, description: from === undefined || name === '' ? '' : describedAs(name, from) };
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return rows.length === 0 ? '' : goTable([head, ...rows], 3);
}

function mountRow({ name, required }: OutlineMount): string[] {
  return [name, required ? 'true' : ''];
}

function jsonMount({ name, required, range }: OutlineMount): unknown {
  return { name, ...(required && { required }), location: jsonLocation(range) };
}
