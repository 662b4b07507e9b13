import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Executed } from '../support/e2e/execute.ts';
import { TOOL_PATH, titled } from '../support/e2e/requirements.ts';
import { ENVIRONMENTS } from '../support/environments/environment.ts';
import { noLaboratory, openLaboratory, type Laboratory } from '../support/environments/laboratory.ts';
import { runContainer } from '../support/environments/run-container.ts';

const reason = await noLaboratory();
const pod = ENVIRONMENTS.find(({ name }) => name === 'E3');
const PROGRAM = '/opt/ts-kaniko';

describe.skipIf(reason !== undefined)(titled('scratch space in a container on an overlay', reason), () => {
  let laboratory: Laboratory;
  let volumes: string;
  const at = (name: string): string => join(volumes, name);

  beforeAll(async () => {
    laboratory = await openLaboratory();
  });
  afterAll(async () => {
    await laboratory?.close();
  });
  beforeEach(() => {
    volumes = mkdtempSync(join(tmpdir(), 'ts-kaniko-volumes-'));
    for (const name of ['context', 'empty']) mkdirSync(at(name));
    writeFileSync(at('context/Dockerfile'), 'FROM debian:bookworm\nRUN mkdir /a && mv /a /b\n');
  });
  afterEach(() => rmSync(volumes, { recursive: true }));

  /** The context and, unless told otherwise, an empty directory are volumes; no variable says where scratch space goes. */
  const inPod = (words: readonly string[], mounted = ['context', 'empty']): Promise<Executed> => {
    const { program, jobRoot, registry } = laboratory;
    return runContainer({
      environment: pod!,
      root: jobRoot,
      binds: [
        { source: dirname(program.command[0]), target: PROGRAM, readOnly: true },
        { source: '/etc/hosts', target: '/etc/hosts', readOnly: true },
        ...mounted.map((name) => ({ source: at(name), target: `/volumes/${name}` })),
      ],
      process: {
        args: [
          ...[`${PROGRAM}/node`, `${PROGRAM}/dist/cli/index.js`, ...words],
          ...(words[0] === 'build' ? ['--destination', `${registry.host}/scratch:1`, ...registry.flags] : []),
        ],
        env: { PATH: TOOL_PATH, HOME: '/root' },
        cwd: '/',
      },
    });
  };

  it('is told as a table: what was looked at, and why it is taken or not', async () => {
    const { stdout, stderr } = await inPod(['doctor', '--json']);
    expect(stderr).toBe('');
    const { scratch, overlay, chosen } = JSON.parse(stdout) as Record<string, never>;
    expect([chosen, overlay]).toEqual(['userns-identity', true]);
    expect(scratch).toMatchObject({
      chosen: '/volumes/context',
      places: [
        {
          directory: '/tmp',
          fsType: 'overlay',
          overlay: false,
          drawbacks: [expect.stringContaining('overlay')],
        },
        { directory: '/volumes/context', overlay: true, drawbacks: [] },
        { directory: '/volumes/empty', overlay: true, drawbacks: [] },
      ],
    });
    const table = await inPod(['doctor']);
    expect(table.stdout).toMatch(
      /\* \/volumes\/context +a volume of the container +\w+ +[0-9.]+ GiB {2}overlays can be mounted\n/,
    );
    expect(table.stdout).toMatch(
      / {4}\/tmp +\/tmp +overlay +[0-9.]+ GiB {2}on an overlay, which can hold no other\n/,
    );
  });

  it('goes to a volume that is no context, in which overlays are mounted, and nothing is left there', async () => {
    const { status, stderr } = await inPod(['build', '--context', '/volumes/context']);
    expect([status, stderr]).toEqual([
      0,
      expect.stringMatching(/scratch space: \/volumes\/empty \(a volume/),
    ]);
    expect(stderr).toContain('; not /tmp (/tmp): on an overlay, which can hold no other');
    expect(stderr).not.toContain('no overlay on');
    expect([readdirSync(at('empty')), readdirSync(at('context'))]).toEqual([[], ['Dockerfile']]);
  });

  it('stays on the overlay where the only volume is the context', async () => {
    const { status, stderr } = await inPod(['build', '--context', '/volumes/context'], ['context']);
    expect([status, stderr]).toEqual([0, expect.stringMatching(/scratch space: \/tmp \(overlay/)]);
  });

  it('is where the user says, whatever that is', async () => {
    for (const directory of ['/var/tmp/mine', '/volumes/empty/mine']) {
      const { status, stderr } = await inPod([
        'build',
        '--context',
        '/volumes/context',
        '--scratch-dir',
        directory,
      ]);
      expect([status, stderr]).toEqual([
        0,
        expect.stringContaining(`scratch space: ${directory} (asked for`),
      ]);
    }
    expect(readdirSync(at('empty/mine'))).toEqual([]);
  });
});
