import { spawn } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { busyboxLayout, noBusyboxBase } from '../support/e2e/busybox-base.ts';
import { installProgram, type Program } from '../support/e2e/program.ts';
import { REGISTRY_TOOLS, startTestRegistry, type TestRegistry } from '../support/e2e/registry.ts';
import { missing, TOOL_PATH, titled } from '../support/e2e/requirements.ts';
import { memoryOf, processTree } from '../support/e2e/traces.ts';
import { makeWorkplace } from '../support/e2e/workplace.ts';

/** What the builder and the programs of RUN may have together, in MiB. */
const LIMIT_MIB = 300;
const SAMPLE_MS = 50;

/** MiB of the file; set TS_KANIKO_MEMORY_TEST_MIB=2048 for the size that is promised. */
const size = Number(process.env['TS_KANIKO_MEMORY_TEST_MIB'] ?? '200');
const reason = missing({ root: true, tools: REGISTRY_TOOLS }) ?? noBusyboxBase();

let program: Program;
let registry: TestRegistry;

/** The exit status, what was said, and the highest sum of the proportional memory of a program and all it started, in MiB. */
async function measured(
  [command, ...words]: readonly [string, ...string[]],
  env: Readonly<Record<string, string>>,
): Promise<{ readonly status: number | null; readonly said: string; readonly peak: number }> {
  const child = spawn(command, words, { env: { ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (said += String(chunk)));
  let peak = 0;
  const sampler = setInterval(() => {
    peak = Math.max(
      peak,
      processTree(child.pid ?? 0).reduce((sum, { pid }) => sum + memoryOf(pid), 0),
    );
  }, SAMPLE_MS);
  const status = await new Promise<number | null>((resolve) => child.once('close', resolve));
  clearInterval(sampler);
  return { status, said, peak: peak / 1024 };
}

describe.skipIf(reason !== undefined)(titled(`memory with a file of ${size} MiB`, reason), () => {
  beforeAll(async () => {
    program = installProgram();
    registry = await startTestRegistry();
    await registry.publish(`${await busyboxLayout()}/layout:busybox`, 'library/busybox:latest');
  });
  afterAll(async () => {
    await registry?.close();
    program?.remove();
  });

  // Half of the file does not compress: what is pushed is large as well.
  const dockerfile = [
    'FROM busybox AS maker',
    `RUN dd if=/dev/urandom of=/big bs=1M count=${size >> 1} && dd if=/dev/zero bs=1M count=${size >> 1} >> /big`,
    'FROM busybox',
    'COPY --from=maker /big /srv/big',
  ].join('\n');

  it(`stays below ${LIMIT_MIB} MiB through RUN, COPY and push`, async () => {
    const place = makeWorkplace({ Dockerfile: dockerfile });
    try {
      const words = ['--context', place.context, '--destination', `${registry.host}/memory:1`];
      const { status, said, peak } = await measured([...program.command, ...words, ...registry.flags], {
        PATH: TOOL_PATH,
        HOME: place.home,
        TMPDIR: place.scratch,
      });
      expect(status, said).toBe(0);
      console.log(`peak with a file of ${size} MiB: ${Math.round(peak)} MiB\n${said}`);
      expect(peak).toBeGreaterThan(50); // less is no measurement
      expect(peak).toBeLessThan(LIMIT_MIB);
      expect(await registry.digestOf('memory', '1')).toMatch(/^sha256:/);
    } finally {
      place.remove();
    }
  });
});
