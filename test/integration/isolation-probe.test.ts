import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { probeIsolation, type ProbeReport } from '../../src/isolation/index.ts';
import { runSync } from '../../src/process/index.ts';
import { noRootSandbox } from '../support/sandbox-report.ts';

const reason = noRootSandbox();
const MODULE = JSON.stringify(new URL('../../src/isolation/index.ts', import.meta.url).href);
const PROBE = `
  const { probeIsolation } = await import(${MODULE});
  process.stdout.write(JSON.stringify(await probeIsolation({ scratchParent: process.argv[1], env: process.env, everything: true })));`;

describe('probeIsolation', () => {
  let parent = '';
  beforeEach(() => {
    parent = mkdtempSync(`${tmpdir()}/probe-test-`);
  });
  afterEach(() => rmSync(parent, { recursive: true, force: true }));

  /** A probe in a process of its own, started through these words. */
  const probeThrough = (
    prefix: readonly string[],
    scratch: string,
    env: Record<string, string> = {},
  ): ProbeReport => {
    const [first = '', ...rest] = [...prefix, process.execPath, '--input-type=module', '-e', PROBE, scratch];
    const result = runSync(first, rest, { env: { PATH: process.env['PATH'] ?? '', ...env } });
    if (result.status !== 0) throw new Error(result.stderr);
    return JSON.parse(result.stdout) as ProbeReport;
  };
  const resultOf = (report: ProbeReport, name: string): ProbeReport['results'][number] | undefined =>
    report.results.find(({ backend }) => backend === name);

  it('answers for every backend in order, the last always usable, and leaves nothing behind', async () => {
    const report = await probeIsolation({
      scratchParent: `${parent}/new`,
      env: { PATH: process.env['PATH'] },
      everything: true,
    });
    console.log(
      report.results.map(({ backend, milliseconds }) => `${backend} ${milliseconds} ms`).join(', '),
    );
    expect(report.results.map(({ backend }) => backend)).toEqual([
      'mountns',
      'sudo',
      'userns-identity',
      'userns-full',
      'inplace',
      'userns-single',
      'proot',
      'none',
    ]);
    expect(report.results.at(-1)).toMatchObject({ usable: true });
    for (const { usable, reason: why } of report.results) expect(usable || why !== '').toBe(true);
    expect(readdirSync(`${parent}/new`)).toEqual([]);
  });

  it('probes only what was asked for', async () => {
    const report = await probeIsolation({ scratchParent: parent, env: {}, only: 'none' });
    expect(report).toMatchObject({ chosen: 'none', results: [{ backend: 'none' }], overlay: false });
  });

  it.skipIf(reason !== undefined)('finds root with all capabilities able to do everything', () => {
    expect(probeThrough([], parent)).toMatchObject({ chosen: 'mountns', overlay: true, ownProc: true });
  });

  it.skipIf(reason !== undefined)('finds that root of a Docker container needs a user namespace', () => {
    const docker =
      'chown,dac_override,fowner,fsetid,kill,setgid,setuid,setpcap,net_bind_service,net_raw,sys_chroot,mknod,audit_write,setfcap';
    const kept = ['-all', ...docker.split(',').map((name) => `+${name}`)].join(',');
    const report = probeThrough(['setpriv', '--bounding-set', kept, '--inh-caps=-all', '--'], parent);
    expect(report.chosen).toBe('userns-identity');
    expect(resultOf(report, 'mountns')).toMatchObject({ usable: false, reason: 'CAP_SYS_ADMIN is missing' });
  });

  it.skipIf(reason !== undefined)('says that scratch on an overlay holds no overlay', () => {
    for (const name of ['l', 'u', 'w', 'o']) mkdirSync(`${parent}/${name}`);
    const mount = `cd ${parent} && mount -t overlay -o lowerdir=l,upperdir=u,workdir=w overlay o && exec "$@"`;
    const report = probeThrough(['unshare', '--mount', 'sh', '-c', mount, 'sh'], `${parent}/o`);
    expect(report).toMatchObject({ chosen: 'mountns', overlay: false, facts: { scratchFsType: 'overlay' } });
    expect(resultOf(report, 'mountns')?.reason).toMatch(/^no overlay on overlay: /);
  });

  it.skipIf(reason !== undefined)('says where user namespaces are used up', () => {
    // The limit of a user namespace counts for those below it, so the machine's own stays as it is.
    const limit =
      'echo 0 >/proc/sys/user/max_user_namespaces && exec setpriv --bounding-set -sys_admin -- "$@"';
    const report = probeThrough(['unshare', '--user', '--map-root-user', 'sh', '-c', limit, 'sh'], parent);
    expect(report.chosen).toBe('none');
    expect(resultOf(report, 'userns-identity')).toMatchObject({
      usable: false,
      reason: expect.stringMatching(/No space left on device .*switched off or used up/) as string,
      remedy: expect.stringContaining('max_user_namespaces') as string,
    });
  });

  it.skipIf(reason !== undefined)('tells what programs are missing', () => {
    const report = probeThrough(
      ['unshare', '--mount', 'sh', '-c', 'mount --bind /dev/null /usr/bin/mkfifo && exec "$@"', 'sh'],
      parent,
    );
    expect(report.chosen).toBe('none');
    expect(resultOf(report, 'mountns')).toMatchObject({
      reason: expect.stringContaining('not found: mkfifo') as string,
    });
  });
});
