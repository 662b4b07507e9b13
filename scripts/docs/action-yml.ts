import { OUTPUT_VALUES } from '../../src/action/outputs.ts';
import { INPUT_OPTIONS, type InputOption } from '../../src/request/index.ts';

const HEAD = `# Made by scripts/generate-docs.ts from the tables in src/request/options: change those.
name: 'Build and push container images without Docker (ts-kaniko)'
description: 'Build Dockerfiles in user space: no docker.sock, no privileged mode, no daemon'
author: 'ts-kaniko contributors'
branding:
  icon: 'package'
  color: 'blue'
`;

const RUNS = `runs:
  using: 'node24'
  main: 'dist/action/index.js'
  post: 'dist/action/index.js'
`;

/** The text of action.yml. */
export function actionYml(): string {
  const inputs = INPUT_OPTIONS.map(inputText);
  const outputs = OUTPUT_VALUES.map(({ name, about }) => `  ${name}:\n    description: ${quoted(about)}\n`);
  return `${HEAD}inputs:\n${inputs.join('')}outputs:\n${outputs.join('')}${RUNS}`;
}

function inputText(option: InputOption): string {
  const { name, initial } = option.input;
  const standard = initial === undefined ? '' : `    default: ${quoted(initial)}\n`;
  return `  ${name}:\n    description: ${quoted(describe(option))}\n    required: false\n${standard}`;
}

function describe({ about, note, treatment, input }: InputOption): string {
  const list = input.kind === 'list' ? ' (list)' : '';
  const effect = { works: '', ignored: ' (no effect)', warned: ' (no effect)', refused: ' (not supported)' };
  return `${about}${list}${effect[treatment]}${note === undefined ? '' : `; ${note}`}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
