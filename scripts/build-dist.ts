/**
 * Makes dist/ from src/: TypeScript into build/, then one file for each entry with all that it imports. The same sources
 * give the same bytes. With --check nothing is written to dist/: it is made anew elsewhere, and any difference fails.
 */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { licencesOf } from './licenses.ts';
import { addNativeModules } from './native-modules.ts';

const ROOT = join(import.meta.dirname, '..');
const DIST = join(ROOT, 'dist');

/** Entries below src/; each becomes dist/<name>/index.js. */
const ENTRIES = [
  { name: 'cli', source: 'cli/index', executable: true },
  { name: 'action', source: 'action/index', executable: false },
  { name: 'builder', source: 'builder/inner', executable: false },
] as const;

function main(): void {
  const output = mkdtempSync(join(tmpdir(), 'ts-kaniko-dist-'));
  try {
    compile();
    for (const entry of ENTRIES) bundle(entry, join(output, entry.name));
    addNativeModules(join(output, 'builder'));
    if (process.argv.includes('--check')) check(output);
    else replaceDist(output);
  } finally {
    rmSync(output, { recursive: true });
  }
}

function compile(): void {
  for (const { source } of ENTRIES)
    if (!existsSync(join(ROOT, 'src', `${source}.ts`))) fail(`src/${source}.ts does not exist`);
  runTool(import.meta.resolve('typescript/bin/tsc'), ['-p', 'tsconfig.build.json']);
}

function bundle({ source, executable }: (typeof ENTRIES)[number], output: string): void {
  const entry = join(ROOT, 'build', `${source}.js`);
  const statistics = `${output}.json`;
  const options = ['--no-cache', '--quiet', '--stats-out', statistics];
  runTool(import.meta.resolve('@vercel/ncc/dist/ncc/cli.js'), ['build', entry, '--out', output, ...options]);
  const { modules } = JSON.parse(readFileSync(statistics, 'utf8')) as {
    modules: Parameters<typeof licencesOf>[0];
  };
  rmSync(statistics);
  writeFileSync(join(output, 'licenses.txt'), licencesOf(modules));
  for (const file of filesBelow(output)) chmodSync(join(output, file), 0o644);
  if (executable) chmodSync(join(output, 'index.js'), 0o755);
}

/** Runs the program a package brings, with this Node, from the root of the repository. */
function runTool(url: string, args: readonly string[]): void {
  const path = fileURLToPath(url);
  const { status, stdout, stderr } = spawnSync(process.execPath, [path, ...args], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  if (status !== 0) fail(`${path} failed:\n${stdout}${stderr}`);
}

function replaceDist(output: string): void {
  rmSync(DIST, { recursive: true, force: true });
  cpSync(output, DIST, { recursive: true });
  for (const file of filesBelow(DIST)) console.log(`dist/${file}  ${statSync(join(DIST, file)).size} bytes`);
}

function check(output: string): void {
  const wrong = differences(output);
  if (wrong.length === 0) return console.log('dist/ is what src/ gives');
  fail(
    `dist/ is out of date: run npm run build and commit it\n${wrong.map((line) => `  ${line}\n`).join('')}`,
  );
}

function differences(output: string): string[] {
  const [expected, found] = [filesBelow(output), existsSync(DIST) ? filesBelow(DIST) : []];
  return [
    ...expected.filter((file) => !found.includes(file)).map((file) => `missing: dist/${file}`),
    ...found.filter((file) => !expected.includes(file)).map((file) => `too much: dist/${file}`),
    ...expected
      .filter((file) => found.includes(file) && !isSame(join(output, file), join(DIST, file)))
      .map((file) => `differs: dist/${file}`),
  ];
}

function isSame(a: string, b: string): boolean {
  const executable = (path: string): boolean => (statSync(path).mode & 0o100) !== 0;
  return readFileSync(a).equals(readFileSync(b)) && executable(a) === executable(b);
}

/** Relative paths of the files below a directory, sorted. */
function filesBelow(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)))
    .sort();
}

class BuildFailure extends Error {}

function fail(message: string): never {
  throw new BuildFailure(message);
}

try {
  main();
} catch (error) {
  if (!(error instanceof BuildFailure)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
