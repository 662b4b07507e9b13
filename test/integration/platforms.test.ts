import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exitProgram } from '../../src/isolation/foreign/exit-program.ts';
import { platformOfMachine } from '../../src/oci/index.ts';
import { DEFAULT_FORM, type Output } from '../../src/request/index.ts';
import { openSite, type BuildSite } from '../support/build-site.ts';
import { succeed } from '../support/e2e/execute.ts';
import { missing, titled } from '../support/e2e/requirements.ts';
import { failure } from '../support/planning.ts';
import { inUserNamespace } from '../support/user-namespace.ts';
import { qemuUser } from '../support/qemu-user.ts';

const OWN = platformOfMachine(process.arch).architecture;
/** One that this machine has no processor for. */
const OTHER = OWN === 's390x' ? 'ppc64le' : 's390x';
const PLATFORMS = [`linux/${OWN}`, `linux/${OTHER}`];

let site: BuildSite;
let directory: string;
beforeAll(async () => {
  site = await openSite();
  directory = mkdtempSync(join(tmpdir(), 'platforms-'));
});
afterAll(async () => {
  rmSync(directory, { recursive: true });
  await site.close();
});

const at = (name: string): string => join(directory, name);
const CLI = join(import.meta.dirname, '../../src/cli/index.ts');
const image = { form: DEFAULT_FORM, annotations: [] };

describe('several platforms', () => {
  it('become one index, and files in directories of their own', async () => {
    const name = site.destination();
    const outputs: Output[] = [
      { kind: 'oci-layout', directory: at('layout'), naming: 'buildkit', names: [name], ...image },
      { kind: 'local', directory: at('files'), split: undefined },
      { kind: 'tar', to: { kind: 'file', path: at('files.tar') }, split: undefined },
      { kind: 'registry', names: [name], byDigest: false, ...image },
    ];
    const annotations = [
      { level: 'index', key: 'a', value: 'index' },
      { level: 'manifest', platform: `linux/${OTHER}`, key: 'b', value: 'other' },
      { level: 'manifest-descriptor', key: 'c', value: 'both' },
    ] as const;
    const dockerfile = `FROM --platform=$BUILDPLATFORM base AS work
ARG TARGETARCH
RUN echo $TARGETARCH >/arch
FROM scratch
COPY --from=work /arch /`;
    const result = await site.build(dockerfile, {
      platforms: PLATFORMS,
      outputs: { push: false, tags: [name], outputs, annotations },
    });
    expect(result).toMatchObject({
      mediaType: 'application/vnd.oci.image.index.v1+json',
      imageId: result.digest,
      destinations: [{ reference: name, digest: result.digest }],
    });
    for (const architecture of [OWN, OTHER])
      expect(readFileSync(at(`files/linux_${architecture}/arch`), 'utf8').trim()).toBe(architecture);
    expect(await succeed('tar', ['-tf', at('files.tar')])).toBe(
      `linux_${OWN}/\nlinux_${OWN}/arch\nlinux_${OTHER}/\nlinux_${OTHER}/arch\n`,
    );
    const index = JSON.parse(
      readFileSync(at(`layout/blobs/${result.digest.replace(':', '/')}`), 'utf8'),
    ) as unknown;
    expect(index).toMatchObject({
      annotations: { a: 'index' },
      manifests: [OWN, OTHER].map((architecture) => ({
        platform: { os: 'linux', architecture },
        annotations: { c: 'both' },
      })),
    });
  });

  it.skipIf(missing({ tools: ['skopeo'] }) !== undefined)('are copied by skopeo, all at once', async () => {
    const from = `oci:${at('layout')}:1`;
    await succeed('skopeo', [
      '--insecure-policy',
      'copy',
      '-q',
      '--all',
      '--preserve-digests',
      from,
      `dir:${at('copy')}`,
    ]);
    expect(readdirSync(at('copy')).filter((file) => file.endsWith('.manifest.json'))).toHaveLength(2);
  });

  it('whose programs this machine does not execute are refused at their RUN', async () => {
    const error = await failure(
      site.build('FROM scratch AS tools\nCOPY exit /exit\n\nRUN ["/exit"]', {
        platforms: PLATFORMS.slice(1),
        files: { exit: 'x' },
      }),
    );
    expect(error).toMatchObject({ code: 'ISOLATION', location: { line: 4 } });
    expect(error.message).toContain(`RUN in tools needs programs of linux/${OTHER}`);
    expect(error.hint).toContain('ts-kaniko merge');
  });
});

const noEmulator = missing({ root: true, tools: ['unshare', 'nsenter', 'mount', 'apt-get', 'dpkg'] });

describe.skipIf(noEmulator !== undefined)(titled('an emulator in binfmt_misc', noEmulator), () => {
  it('executes RUN of another platform', async ({ skip }) => {
    const own = 'mount -t binfmt_misc none /proc/sys/fs/binfmt_misc';
    if ((await inUserNamespace(own)).status !== 0) skip('no binfmt_misc in a namespace here');
    const qemu = join(await qemuUser().catch(() => skip('no package of qemu')), `qemu-${OTHER}-static`);
    const context = at('context');
    mkdirSync(context);
    const program = exitProgram(OTHER) ?? Buffer.alloc(0);
    writeFileSync(join(context, 'exit'), program, { mode: 0o755 });
    writeFileSync(join(context, 'Dockerfile'), 'FROM scratch\nCOPY exit /\nRUN ["/exit"]\nCOPY Dockerfile /');
    const magic = [...program.subarray(0, 20)]
      .map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`)
      .join('');
    const node = process.execPath;
    const build = `"${node}" "${CLI}" --platform linux/${OTHER} -c "${context}" -o "${at('emulated')}"`;
    const script = `${own}; printf '%s' ':other:M::${magic}::${qemu}:F' >/proc/sys/fs/binfmt_misc/register; ${build}`;
    const { status, stderr } = await inUserNamespace(script);
    expect([status, stderr]).toEqual([0, expect.stringContaining('RUN')]);
    expect(readdirSync(at('emulated')).sort()).toEqual(['Dockerfile', 'exit']);
  });
});
