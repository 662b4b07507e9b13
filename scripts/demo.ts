/**
 * The main job on this machine alone: a base image made of its own shell, a registry inside this process, and
 * examples/hello built, pushed, pulled back and run by the program in dist/.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DirectoryStore } from '../src/content/index.ts';
import { machineBase } from '../test/support/machine-base.ts';
import { publishImage } from '../test/support/publish-image.ts';
import { startRegistry, type RunningRegistry } from '../test/support/registry/index.ts';

const ROOT = join(import.meta.dirname, '..');
const PROGRAM = join(ROOT, 'dist/cli/index.js');
/** A build for which nothing but its inputs counts: the second run gives the same digest. */
const EPOCH = '1700000000';

const work = mkdtempSync(join(tmpdir(), 'ts-kaniko-demo-'));
const registry = await startRegistry({ directory: join(work, 'registry') });
try {
  process.exitCode = await demo(registry);
} finally {
  await registry.close();
  rmSync(work, { recursive: true, force: true });
}

async function demo({ host }: RunningRegistry): Promise<number> {
  const [base, image] = [`${host}/base:1`, `${host}/hello:demo`];
  console.log(`== a base image of this machine's shell and core utilities: ${base}`);
  const store = new DirectoryStore(join(work, 'base'));
  await publishImage(await machineBase(store), store, base);

  console.log(`== examples/hello, built and pushed to ${image}`);
  const digestFile = join(work, 'digest');
  const built = await program([
    ...['--context', join(ROOT, 'examples/hello'), '--build-arg', `BASE=${base}`],
    ...['--destination', image, '--digest-file', digestFile],
  ]);
  if (built !== 0) return built;

  const digest = readFileSync(digestFile, 'utf8');
  console.log(`== pulled back by its digest, its command run in the sandbox`);
  return run(`${host}/hello@${digest}`);
}

/** Runs the image's own command: as the RUN of a build on top of it that goes nowhere. */
async function run(image: string): Promise<number> {
  const context = join(work, 'run');
  mkdirSync(context);
  writeFileSync(join(context, 'Dockerfile'), `FROM ${image}\nRUN ["/app/hello"]\n`);
  return program(['--context', context, '--no-push']);
}

function program(words: readonly string[]): Promise<number> {
  const env = { ...process.env, SOURCE_DATE_EPOCH: EPOCH };
  const child = spawn(process.execPath, [PROGRAM, ...words], { stdio: 'inherit', env });
  return new Promise((resolve) => child.once('exit', (status) => resolve(status ?? 1)));
}
