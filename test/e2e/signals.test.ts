import { spawn, type ChildProcess } from 'node:child_process';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openSite, type BuildSite } from '../support/build-site.ts';
import { installProgram, type Program } from '../support/e2e/program.ts';
import { TOOL_PATH, titled } from '../support/e2e/requirements.ts';
import { alive, mountsOf, processesWith, processTree } from '../support/e2e/traces.ts';
import { makeWorkplace, type Workplace } from '../support/e2e/workplace.ts';
import { probeIsolation } from '../../src/isolation/index.ts';
import type { Step } from '../support/registry/index.ts';

/** The promise is 5 s; a machine with other work to do gets more. */
const ENOUGH_MS = 20_000;

const { chosen } = await probeIsolation({ scratchParent: '/tmp', env: { PATH: TOOL_PATH } });
const noRun = chosen === undefined ? 'nothing on this machine can execute RUN' : undefined;

let site: BuildSite;
let program: Program;
let place: Workplace;
let builds = 0;
beforeAll(async () => {
  site = await openSite();
  program = installProgram();
});
afterAll(async () => {
  program?.remove();
  await site?.close();
});
beforeEach(() => {
  site.registry.faults.clear();
  site.registry.requests.length = 0;
});

afterEach(() => place.remove());

interface Running {
  readonly child: ChildProcess;
  readonly repository: string;
  /** An argument that only processes of this RUN have. */
  readonly marker: string;
  readonly said: () => string;
  /** How the command line ended, and milliseconds from the call on. */
  ended(): Promise<{ readonly status: number | null; readonly milliseconds: number }>;
}

/** Starts a build in a process group of its own, as a shell does. */
function start(dockerfile: string): Running {
  const marker = `86398.${process.pid}${builds++}`;
  const repository = `signals/${builds}`;
  place = makeWorkplace({
    Dockerfile: dockerfile.replaceAll('BASE', site.base).replaceAll('MARKER', marker),
  });
  const [node, entry] = program.command;
  const words = ['--context', place.context, '--destination', `${site.registry.host}/${repository}:1`];
  const child = spawn(node, [entry, ...words, '--insecure-registry', site.registry.host], {
    env: { PATH: TOOL_PATH, HOME: place.home, TMPDIR: place.scratch },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => (said += String(chunk)));
  const exited = new Promise<number | null>((resolve) => child.once('close', (status) => resolve(status)));
  return {
    child,
    repository,
    marker,
    said: () => said,
    ended: async () => {
      const begun = performance.now();
      const status = await exited;
      return { status, milliseconds: Math.round(performance.now() - begun) };
    },
  };
}

const until = (what: () => boolean): Promise<void> =>
  expect.poll(what, { timeout: 120_000, interval: 20 }).toBe(true);

const askedFor = (...steps: Step[]): boolean =>
  site.registry.requests.some(({ step, status }) => steps.includes(step) && status === undefined);

async function tagExists(repository: string): Promise<boolean> {
  const response = await fetch(`${site.registry.url}/v2/${repository}/manifests/1`);
  await response.arrayBuffer();
  return response.ok;
}

/** Nothing of the build is left: no process, mount, file or tag. */
async function expectGone(running: Running, tree: ReturnType<typeof processTree>): Promise<void> {
  expect(alive(tree)).toEqual([]);
  expect(processesWith(running.marker)).toEqual([]);
  expect(mountsOf(place.scratch)).toEqual([]);
  expect(place.leftovers()).toEqual([]);
  expect(await tagExists(running.repository)).toBe(false);
}

const SIGNALS = [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const;

/** A program that does not want to end, with children in the background. */
const STUBBORN =
  'FROM BASE\nRUN trap "" TERM INT HUP; (sleep MARKER &) ; sleep MARKER & sleep MARKER; sleep MARKER';

describe.skipIf(noRun !== undefined)(titled('during RUN', noRun), () => {
  const running = async (): Promise<Running> => {
    const build = start(STUBBORN);
    await until(() => processesWith(`sleep\0${build.marker}`).length >= 3);
    return build;
  };

  it.each(SIGNALS)('%s ends everything, with status %i', async (signal, expected) => {
    const build = await running();
    const tree = processTree(build.child.pid ?? 0);
    expect(tree.length).toBeGreaterThan(5);
    build.child.kill(signal);
    const { status, milliseconds } = await build.ended();
    console.log(`${signal} during RUN: ${milliseconds} ms`);
    await expectGone(build, tree);
    expect(build.said()).toContain('the build was cancelled');
    expect(status).toBe(expected);
    expect(milliseconds).toBeLessThan(ENOUGH_MS);
  });

  it('Ctrl-C, which a terminal sends to the whole group, does so too', async () => {
    const build = await running();
    const tree = processTree(build.child.pid ?? 0);
    process.kill(-(build.child.pid ?? 0), 'SIGINT');
    const { status } = await build.ended();
    await expectGone(build, tree);
    expect(status).toBe(130);
  });

  it('SIGKILL takes the building process and RUN along; a later build in the same place works', async () => {
    const build = await running();
    const tree = processTree(build.child.pid ?? 0);
    build.child.kill('SIGKILL');
    await build.ended();
    await until(() => alive(tree).length === 0 && processesWith(build.marker).length === 0);
    expect(mountsOf(place.scratch)).toEqual([]);
    expect(await tagExists(build.repository)).toBe(false);

    const { scratch, home } = place;
    const later = makeWorkplace({ Dockerfile: `FROM ${site.base}\nRUN echo works > /works` });
    const words = [
      '--context',
      later.context,
      '--destination',
      `${site.registry.host}/${build.repository}:1`,
    ];
    const { status, stderr } = await program.cli([...words, '--insecure-registry', site.registry.host], {
      home,
      env: { TMPDIR: scratch },
    });
    expect(status, stderr).toBe(0);
    expect(await tagExists(build.repository)).toBe(true);
    expect(place.leftovers()).toEqual([]);
    later.remove();
  });
});

describe('while the registry keeps us waiting', () => {
  const never = new Promise<void>(() => undefined);

  it.each(SIGNALS)('with a layer of the base, %s ends the build with status %i', async (signal, expected) => {
    site.registry.faults.inject('blob-get', { kind: 'wait', until: never }, { skip: 1, times: 9 });
    const build = start('FROM BASE\nCOPY Dockerfile /');
    await until(() => askedFor('blob-get'));
    const tree = processTree(build.child.pid ?? 0);
    build.child.kill(signal);
    const { status, milliseconds } = await build.ended();
    console.log(`${signal} during pull: ${milliseconds} ms`);
    await expectGone(build, tree);
    expect(status).toBe(expected);
    expect(milliseconds).toBeLessThan(ENOUGH_MS);
  });

  it.each(SIGNALS)(
    'with our own layer, %s ends the build with status %i and no tag',
    async (signal, expected) => {
      for (const step of ['upload-patch', 'upload-put'] as const)
        site.registry.faults.inject(step, { kind: 'wait', until: never }, { times: 9 });
      const build = start('FROM scratch\nCOPY Dockerfile /');
      await until(() => askedFor('upload-patch', 'upload-put'));
      const tree = processTree(build.child.pid ?? 0);
      build.child.kill(signal);
      const { status, milliseconds } = await build.ended();
      console.log(`${signal} during push: ${milliseconds} ms`);
      await expectGone(build, tree);
      expect(status).toBe(expected);
      expect(milliseconds).toBeLessThan(ENOUGH_MS);
    },
  );

  it('a second signal ends the command line at once', async () => {
    site.registry.faults.inject('blob-get', { kind: 'wait', until: never }, { skip: 1, times: 9 });
    const build = start('FROM BASE\nCOPY Dockerfile /');
    await until(() => askedFor('blob-get'));
    const tree = processTree(build.child.pid ?? 0);
    build.child.kill('SIGTERM');
    build.child.kill('SIGINT');
    const { status } = await build.ended();
    expect([130, 143]).toContain(status);
    await until(() => alive(tree).length === 0);
    expect(mountsOf(place.scratch)).toEqual([]);
  });
});
