import { OUTPUT_VALUES } from '../../src/action/outputs.ts';
import {
  FLAG_OPTIONS,
  INPUT_OPTIONS,
  type FlagOption,
  type InputOption,
  type OptionSpec,
  type Treatment,
} from '../../src/request/index.ts';

/** The text of docs/inputs.md: inputs and outputs of the action, flags of the command line. */
export function inputsPage(): string {
  return `<!-- Made by scripts/generate-docs.ts from the tables in src/request/options: change those. -->

# Inputs, outputs and flags

## Inputs of the action

Names and syntax are those of docker/build-push-action. In a list, values stand one a line or are separated by commas;
where the table says *lines*, commas belong to the values. A value that starts with a double quote may span lines and
doubles the quotes inside it. A line that starts with \`#\` is a comment. On/off inputs are \`true\` or \`false\`.

${inputTable('works')}
### Without effect

These are taken, so that workflows written for docker/build-push-action need no change.

${inputTable('ignored', 'warned')}
### Not supported

Setting one of these fails the step with an error that names it.

${inputTable('refused')}
## Outputs of the action

${table(
  ['Output', 'Meaning'],
  OUTPUT_VALUES.map(({ name, about }) => [code(name), cell(about)]),
)}
## Flags of the command line

Flags are kaniko's, written as Go programs take them: \`--flag=value\`, \`--flag value\`, \`--flag\` and \`--flag=false\` for
on/off flags. Lists repeat the flag.

${flagTable('works')}
### Without effect

${flagTable('ignored', 'warned')}
### Not supported

Setting one of these ends the command with status 69 and an error that names it.

${flagTable('refused')}`;
}

function inputTable(...treatments: readonly Treatment[]): string {
  const rows = INPUT_OPTIONS.filter(({ treatment }) => treatments.includes(treatment)).map(inputRow);
  return table(['Input', 'Kind', 'Default', 'Meaning'], rows);
}

function inputRow(option: InputOption): string[] {
  const { name, kind, initial, ignoreComma } = option.input;
  const kinds = { text: 'text', flag: 'on/off', list: ignoreComma === true ? 'lines' : 'list' };
  return [code(name), kinds[kind], initial === undefined ? '' : code(initial), meaning(option)];
}

function flagTable(...treatments: readonly Treatment[]): string {
  const rows = FLAG_OPTIONS.filter(({ treatment }) => treatments.includes(treatment)).map(flagRow);
  return table(['Flag', 'Meaning'], rows);
}

function flagRow(option: FlagOption): string[] {
  const { name, short, aliases = [], deprecated = [], kind, value } = option.flag;
  const spellings = [name, ...aliases, ...deprecated].map((spelling) => code(`--${spelling}`));
  const all = short === undefined ? spellings : [code(`-${short}`), ...spellings];
  const argument = kind === 'flag' ? '' : ` *${value ?? 'value'}*`;
  return [`${all.join(', ')}${argument}${kind === 'list' ? ' …' : ''}`, meaning(option)];
}

function meaning({ about, note, commands }: OptionSpec): string {
  const text = note === undefined ? about : `${about}; ${note}`;
  return cell(commands === undefined ? text : `${text} (${commands.map(code).join(', ')})`);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('');
}

function code(text: string): string {
  return `\`${text}\``;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
