import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { busyboxLayout, noBusyboxBase } from '../support/e2e/busybox-base.ts';
import type { Executed } from '../support/e2e/execute.ts';
import { titled } from '../support/e2e/requirements.ts';
import { IMAGE_ENV } from '../support/environments/build-in.ts';
import { ENVIRONMENTS } from '../support/environments/environment.ts';
import { noLaboratory, openLaboratory, type Laboratory } from '../support/environments/laboratory.ts';
import { startContainer, type LivingContainer } from '../support/environments/living-container.ts';

const reason = (await noLaboratory()) ?? noBusyboxBase();
const environment = ENVIRONMENTS.find(({ name }) => name === 'E1');
const KILLS = 20;

/** Stages that run side by side wait for the root; the last step leaves something running that does not want to end. */
const DOCKERFILE = `FROM busybox AS one
RUN mkdir -p /d/deep && chown -R 5:6 /d && echo a > /d/deep/a && sleep 0.3
RUN rm -rf /d/deep && echo b > /etc/b && rm /bin/vi && sleep 0.3
FROM busybox AS two
RUN mkdir /two && sleep 0.3
FROM busybox
COPY --from=one /d /d
COPY --from=two /two /two
RUN echo "root:x:0:0::/:/bin/sh" > /etc/passwd; (setsid sh -c 'trap "" TERM HUP; sleep 300; :' &) ; sleep 0.5`;

/** Everything in the container's root besides mounts and the builder, and what runs there besides this and the first process. */
const LOOK = `
const fs = require('fs'), crypto = require('crypto');
const mounts = new Set(fs.readFileSync('/proc/self/mountinfo', 'utf8').split('\\n').map((line) => line.split(' ')[4]));
const found = [];
const look = (directory) => {
  for (const name of fs.readdirSync(directory).sort()) {
    const path = directory === '/' ? '/' + name : directory + '/' + name;
    if (mounts.has(path)) continue;
    const stat = fs.lstatSync(path);
    const isOfBuilder = path.startsWith('/kaniko');
    if (isOfBuilder && !stat.isDirectory()) continue;
    const content = stat.isFile() ? crypto.hash('sha1', fs.readFileSync(path)) : stat.isSymbolicLink() ? fs.readlinkSync(path) : '';
    const about = [stat.mode.toString(8), stat.uid, stat.gid, content];
    // Programs that are tried have their temporary files in /tmp.
    if (!isOfBuilder && path !== '/tmp') about.push(Math.floor(stat.mtimeMs / 1000));
    found.push([path, ...about].join(' '));
    if (stat.isDirectory()) look(path);
  }
};
look('/');
const processes = fs.readdirSync('/proc').filter((name) => /^[0-9]+$/.test(name) && name !== '1' && Number(name) !== process.pid)
  .map((pid) => { try { return fs.readlinkSync('/proc/' + pid + '/exe') + ' ' + fs.readFileSync('/proc/' + pid + '/stat', 'latin1').split(') ')[1][0] } catch { return '' } })
  .filter((text) => text !== '' && !text.endsWith(' Z'));
console.log(JSON.stringify({ found, processes }));`;

/** Files of the container's own: a directory that somebody made, and one with odd rights. */
const OWN = `
const fs = require('fs');
fs.mkdirSync('/home/ci/tools', { recursive: true });
fs.writeFileSync('/home/ci/tools/run', 'own', { mode: 0o751 });
fs.symlinkSync('tools/run', '/home/ci/link');
fs.mkdirSync('/etc/ci.d'); fs.writeFileSync('/etc/ci.d/conf', 'own'); fs.chmodSync('/etc/ci.d', 0o700);
fs.writeFileSync('/etc/passwd', 'root:x:0:0::/kaniko:/busybox/sh\\n'); fs.chownSync('/home/ci', 12, 13);`;

describe.skipIf(reason !== undefined)(titled('a build that is killed in a container’s root', reason), () => {
  let laboratory: Laboratory;
  let workspace: string;
  let container: LivingContainer;

  beforeAll(async () => {
    laboratory = await openLaboratory();
    await laboratory.registry.publish(`${await busyboxLayout()}/layout:busybox`, 'library/busybox:latest');
    await laboratory.builderImage();
  });
  afterAll(async () => {
    await laboratory?.close();
  });
  beforeEach(async () => {
    workspace = mkdtempSync(join(tmpdir(), 'ts-kaniko-volume-'));
    chmodSync(workspace, 0o755);
    mkdirSync(join(workspace, 'context'));
    writeFileSync(join(workspace, 'context/Dockerfile'), DOCKERFILE);
    container = await startContainer({
      environment: environment!,
      root: (await laboratory.builderImage()).root,
      binds: [
        { source: workspace, target: '/workspace' },
        ...['/etc/resolv.conf', '/etc/hosts'].map((path) => ({ source: path, target: path, readOnly: true })),
      ],
      process: {
        args: ['/kaniko/bin/node', '-e', 'setInterval(() => {}, 1e9)'],
        env: IMAGE_ENV,
        cwd: '/workspace',
      },
    });
  });
  afterEach(async () => {
    await container?.close();
    rmSync(workspace, { recursive: true });
  });

  const build = (flags: readonly string[], killAfter?: number): Promise<Executed> =>
    container.exec(
      [
        ...['/kaniko/executor', '--context', 'dir:///workspace/context', '--no-push', '--reproducible'],
        ...['--digest-file', '/workspace/digest', ...flags, ...laboratory.registry.flags],
      ],
      killAfter,
    );
  const digest = (): string => readFileSync(join(workspace, 'digest'), 'utf8');
  const look = async (): Promise<{ readonly found: string[]; readonly processes: string[] }> => {
    const { stdout, stderr } = await container.exec(['/kaniko/bin/node', '-e', LOOK]);
    expect(stderr).toBe('');
    return JSON.parse(stdout) as { found: string[]; processes: string[] };
  };

  it.each([
    ['as it comes', '', [] as string[]],
    ['with files of its own, and --force', OWN, ['--force']],
    ['with files of its own, --force and --cleanup', OWN, ['--force', '--cleanup']],
  ])(
    '%s: the next build works, is the same image, and the root is as it was',
    async (_, prepare, flags) => {
      if (prepare !== '') expect((await container.exec(['/kaniko/bin/node', '-e', prepare])).stderr).toBe('');
      const before = await look();
      const started = performance.now();
      const whole = await build(flags);
      const milliseconds = performance.now() - started;
      expect([whole.status, whole.stderr]).toEqual([0, expect.stringContaining('isolation: inplace')]);
      const expected = digest();
      expect(await look()).toEqual(before);
      for (let kills = 0; kills < KILLS; kills++) await build(flags, Math.random() * milliseconds);
      const last = await build(flags);
      expect([last.status, last.stderr]).toEqual([0, expect.stringContaining('isolation: inplace')]);
      expect(digest()).toBe(expected);
      expect(await look()).toEqual(before);
    },
    900_000,
  );
});
