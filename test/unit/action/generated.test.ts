import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { actionYml } from '../../../scripts/docs/action-yml.ts';
import { inputsPage } from '../../../scripts/docs/inputs-page.ts';
import { OUTPUT_VALUES } from '../../../src/action/outputs.ts';
import { helpText } from '../../../src/cli/help.ts';
import { FLAG_OPTIONS, INPUT_OPTIONS } from '../../../src/request/index.ts';

const read = (file: string): string => readFileSync(join(import.meta.dirname, '../../..', file), 'utf8');
const Named = z.record(
  z.string(),
  z.strictObject({
    description: z.string(),
    required: z.literal(false).optional(),
    default: z.string().optional(),
  }),
);
const Action = z.looseObject({ inputs: Named, outputs: Named, runs: z.unknown() });

describe('action.yml', () => {
  const action = Action.parse(parse(read('action.yml')));

  it('is what the tables give (node scripts/generate-docs.ts writes it)', () => {
    expect(read('action.yml')).toBe(actionYml());
  });

  it('declares every input with its default, and every output', () => {
    expect(Object.entries(action.inputs).map(([name, input]) => [name, input.default])).toEqual(
      INPUT_OPTIONS.map(({ input }) => [input.name, input.initial]),
    );
    expect(Object.keys(action.outputs)).toEqual(OUTPUT_VALUES.map(({ name }) => name));
  });

  it('runs one bundle with Node 24, before and after', () => {
    expect(action.runs).toEqual({
      using: 'node24',
      main: 'dist/action/index.js',
      post: 'dist/action/index.js',
    });
  });
});

describe('docs/inputs.md', () => {
  it('is what the tables give (node scripts/generate-docs.ts writes it)', () => {
    expect(read('docs/inputs.md')).toBe(inputsPage());
  });

  it('has a line for each input, output and flag', () => {
    const rows = read('docs/inputs.md')
      .split('\n')
      .filter((line) => line.startsWith('| `'));
    expect(rows).toHaveLength(INPUT_OPTIONS.length + OUTPUT_VALUES.length + FLAG_OPTIONS.length);
  });
});

describe('--help', () => {
  it('has every flag with its letter', () => {
    const help = helpText();
    for (const { flag, about } of FLAG_OPTIONS) {
      expect(help).toMatch(new RegExp(`^  .*--${flag.name}\\b`, 'm'));
      if (flag.short !== undefined) expect(help).toContain(`  -${flag.short}, --${flag.name}`);
      expect(help.replace(/\s+/g, ' ')).toContain(about);
    }
  });
});
