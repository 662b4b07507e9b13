import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const table = JSON.parse(readFileSync(join(ROOT, 'scripts/import-table.json'), 'utf8')) as Record<
  string,
  string[]
>;
const page = readFileSync(join(ROOT, 'ARCHITECTURE.md'), 'utf8');

describe('ARCHITECTURE.md', () => {
  it('prints the import table that is enforced', () => {
    const printed = /<!-- import table -->\n([\s\S]*)<!-- \/import table -->/.exec(page)?.[1] ?? '';
    const rows = [...printed.matchAll(/^\| `(\w+)` \| (.*) \|$/gm)].map(([, folder, cell]) => [
      folder,
      [...(cell ?? '').matchAll(/`(\w+)`/g)].map(([, name]) => name),
    ]);
    expect(Object.fromEntries(rows)).toEqual(table);
  });

  it('tells of every folder of src/', () => {
    const folders = readdirSync(join(ROOT, 'src'));
    expect(Object.keys(table).sort()).toEqual(folders.sort());
    const section = /^## Folders\n([\s\S]*)<!-- import table -->/m.exec(page)?.[1] ?? '';
    const told = [...section.matchAll(/^\| ((?:`\w+`(?:, )?)+) \|/gm)].flatMap(([, cell]) =>
      [...(cell ?? '').matchAll(/`(\w+)`/g)].map(([, name]) => name),
    );
    expect(told.sort()).toEqual(folders.sort());
  });

  it('lets no two folders import each other', () => {
    for (const [folder, imports] of Object.entries(table))
      for (const other of imports)
        expect(table[other], `${other} imported by ${folder}`).not.toContain(folder);
  });
});
