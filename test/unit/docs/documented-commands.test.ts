import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { main } from '../../../src/cli/main.ts';
import { parseCacheSource, parseCacheTarget } from '../../../src/request/cache/parse-location.ts';
import { parseListInput } from '../../../src/request/list-input.ts';
import { blocksOf, commandsOf, inputsOf } from '../../support/documented-commands.ts';
import { fakeCli } from '../../support/fake-cli.ts';

const root = resolve(import.meta.dirname, '../../..');
const read = (name: string): string => readFileSync(join(root, name), 'utf8');

const pages = ['README.md', ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`)]
  .filter((name) => name.endsWith('.md'))
  .map((name) => ({ name, blocks: blocksOf(read(name)) }));
const templates = readdirSync(join(root, 'templates'))
  .filter((name) => /\.ya?ml$/.test(name))
  .map((name) => ({
    name: `templates/${name}`,
    blocks: [{ language: 'yaml', text: read(`templates/${name}`) }],
  }));
const all = [...pages, ...templates];

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'documented-'));
  mkdirSync(join(cwd, 'ctx'));
  writeFileSync(join(cwd, 'ctx/Dockerfile'), 'FROM scratch\n');
});
afterAll(() => rmSync(cwd, { recursive: true }));

/** The words with a context that is there. */
function here(words: readonly string[]): string[] {
  return words.map((word, at) => {
    if (words[at - 1] === '--context') return 'ctx';
    return word.startsWith('--context=') ? '--context=ctx' : word;
  });
}

const listOf = (text = ''): string[] => parseListInput(text, 'caches', { ignoreComma: true });

const commands = all.flatMap(({ name, blocks }) =>
  blocks.flatMap(commandsOf).map((words) => [name, words] as const),
);
const steps = all.flatMap(({ name, blocks }) =>
  blocks.flatMap(inputsOf).map((inputs) => [name, inputs] as const),
);

describe('the recipes of docs/cache-recipes.md', () => {
  const recipes = commands.filter(([name]) => name === 'docs/cache-recipes.md');

  it('are found', () => {
    expect(recipes.length).toBeGreaterThan(12);
    expect(steps.filter(([name]) => name === 'docs/cache-recipes.md').length).toBeGreaterThan(3);
  });

  it.each(recipes.map(([, words]) => [words.join(' '), words] as const))(
    'ts-kaniko %s',
    async (_text, words) => {
      const fake = fakeCli(cwd);
      const status = await main(here(words), {}, fake.ports);
      expect(fake.err()).not.toContain('error');
      expect(fake.requests.length + fake.tasks.length + fake.warmed.length).toBe(1);
      // The fake's tasks on caches end with 1.
      expect(status).toBe(fake.tasks.length);
      for (const { cache } of fake.requests) expect((cache?.targets ?? []).length).toBeGreaterThan(0);
    },
  );
});

it.each(commands.map(([name, words]) => [name, words.join(' '), words] as const))(
  '%s: every flag of %s is there',
  async (_name, _text, words) => {
    const fake = fakeCli(cwd);
    await main(here(words), { GIT_TOKEN: 'x' }, fake.ports);
    expect(fake.err()).not.toMatch(/unknown (?:flag|command|shorthand)/);
  },
);

it.each(steps)('%s: every input of %o is there', (_name, inputs) => {
  const { inputs: known } = parse(read('action.yml')) as { inputs: Record<string, unknown> };
  expect(Object.keys(known)).toEqual(expect.arrayContaining(Object.keys(inputs)));
  for (const text of listOf(inputs['cache-from'])) expect(parseCacheSource(text, cwd)).toBeDefined();
  for (const text of listOf(inputs['cache-to'])) expect(parseCacheTarget(text, cwd)).toBeDefined();
});
