/** Writes action.yml and docs/inputs.md from the tables of options; with --check only tells whether they are up to date. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { actionYml } from './docs/action-yml.ts';
import { inputsPage } from './docs/inputs-page.ts';

const ROOT = join(import.meta.dirname, '..');
const PAGES: readonly (readonly [string, () => string])[] = [
  ['action.yml', actionYml],
  ['docs/inputs.md', inputsPage],
];

function isCurrent(file: string, text: string): boolean {
  try {
    return readFileSync(join(ROOT, file), 'utf8') === text;
  } catch {
    return false;
  }
}

function write(file: string, text: string): void {
  const path = join(ROOT, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

for (const [file, render] of PAGES) {
  const text = render();
  if (isCurrent(file, text)) continue;
  if (process.argv.includes('--check')) {
    console.error(`${file} is out of date: run node scripts/generate-docs.ts`);
    process.exitCode = 1;
  } else {
    write(file, text);
    console.log(`${file} written`);
  }
}
