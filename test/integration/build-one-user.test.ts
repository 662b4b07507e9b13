import { chmodSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { probeIsolation } from '../../src/isolation/index.ts';
import { openSite, type BuildSite } from '../support/build-site.ts';
import type { Executed, Ids } from '../support/e2e/execute.ts';
import { installProgram, type Program } from '../support/e2e/program.ts';
import { missing, titled } from '../support/e2e/requirements.ts';
import { makeWorkplace } from '../support/e2e/workplace.ts';

/** Somebody to whom no further ids are lent. */
const NOBODY: Ids = { uid: 65_534, gid: 65_534 };

const STEPS = `FROM BASE AS made
RUN mkdir -p /srv/d && touch /srv/d/f && chown 33:34 /srv/d/f && ln /srv/d/f /srv/d/g && ln -s f /srv/d/l && chown -h 5:6 /srv/d/l
RUN chown 7 /etc/passwd && touch /bin2 && chmod 6755 /bin2 && chown 8:8 /bin2 && chmod 4755 /bin2
RUN rm /srv/d/g && mv /srv/d/f /srv/d/h && mkdir -m 2775 /shared && chown 0:50 /shared
RUN touch /shared/in && mkdir /shared/dir
COPY --chown=1234:5678 --chmod=0640 file /srv/copied
USER 65534
WORKDIR /home/nobody
RUN touch own && id -u >number
FROM BASE
COPY --from=made /srv /srv
COPY --from=made /shared /etc/passwd /home /bin2 /all/
`;

const refused = async (): Promise<string | undefined> => {
  const report = await probeIsolation({ scratchParent: '/tmp', env: process.env, only: 'userns-single' });
  return report.results.find(({ usable }) => !usable)?.reason;
};
const reason = missing({ root: true, tools: ['strace', 'nsenter', 'busybox'] }) ?? (await refused());

let site: BuildSite;
let program: Program;
beforeAll(async () => {
  site = await openSite();
  program = installProgram();
});
afterAll(async () => {
  program?.remove();
  await site?.close();
});

let builds = 0;

async function build(
  dockerfile: string,
  ...more: readonly string[]
): Promise<Executed & { readonly reference: string }> {
  const reference = `${site.registry.host}/one/${builds++}:1`;
  const files = { Dockerfile: dockerfile.replaceAll('BASE', site.base), file: 'text' };
  const place = makeWorkplace({ ...files, busybox: { copyOf: '/bin/busybox' } }, NOBODY);
  try {
    chmodSync(place.context, 0o755);
    const words = ['--context', place.context, '--destination', reference, '--source-date-epoch=0'];
    const done = await program.cli([...words, ...more, '--insecure-registry', site.registry.host], {
      as: NOBODY,
      home: place.home,
      env: { TMPDIR: place.scratch },
    });
    expect(place.leftovers(), done.stderr).toEqual([]);
    return { ...done, reference };
  } finally {
    place.remove();
  }
}

describe.skipIf(reason !== undefined)(titled('a build by one user, owners recorded', reason), () => {
  it.each(['overlay', 'scan'] as const)('gives the same image as root has (%s)', async (snapshotter) => {
    const { status, stderr, reference } = await build(
      STEPS,
      '--isolation=userns-single',
      `--snapshotter=${snapshotter}`,
    );
    expect(status, stderr).toBe(0);
    const { stat, layers } = await site.open(reference);
    expect(stat('/srv/d/h')).toBe('file 644 33:34');
    expect(stat('/srv/copied')).toBe('file 640 1234:5678');
    expect(stat('/all/bin2')).toBe('file 4755 8:8');
    expect(stat('/all/in')).toBe('file 644 0:50');
    expect(stat('/all/nobody/own')).toBe('file 644 65534:65534');
    const asRoot = await site.built(STEPS.replaceAll('BASE', 'base'), {
      files: { file: 'text' },
      spec: { sourceDateEpoch: 0 },
    });
    expect(layers).toEqual(asRoot.layers);
  });

  it('waits for nothing that RUN leaves running, and keeps it out of the next step', async () => {
    const left = 'FROM BASE\nRUN sleep 60 & echo started >/started\nRUN [ -f /started ]\n';
    const { status, stderr } = await build(left, '--isolation=userns-single');
    expect(status, stderr).toBe(0);
  });

  it('ends with the status of the program, traced or not', async () => {
    expect((await build('FROM BASE\nRUN exit 7\n', '--isolation=userns-single')).status).toBe(7);
    const other = await build('FROM BASE\nUSER 65534\nRUN exit 8\n', '--isolation=userns-single');
    expect(other.status, other.stderr).toBe(8);
  });

  it('fails under --strict-ownership where an owner could not be recorded, and names it', async () => {
    const made =
      'FROM BASE\nCOPY busybox /bin/busybox\nRUN busybox mknod /made c 1 3 || mkdir -p /srv/d && chown 33:34 /srv/d\n';
    const strict = await build(made, '--isolation=userns-single', '--strict-ownership');
    expect([strict.status, strict.stderr]).toEqual([
      71,
      expect.stringMatching(/owners could not be recorded: .*\/made/),
    ]);
    expect(strict.stderr).toMatch(/hint: .*--strict-ownership/);
    const lax = await build(made, '--isolation=userns-single');
    expect(lax.status, lax.stderr).toBe(0);
    expect((await site.open(lax.reference)).stat('/srv/d')).toBe('directory 755 33:34');
  });

  it('passes under --strict-ownership where every owner is recorded', async () => {
    const recorded = `FROM BASE
RUN touch /f /g && chown 33 /f && chown -h :34 /g && chmod 4755 /f
USER 65534
RUN touch /tmp/mine
`;
    const { status, stderr, reference } = await build(
      recorded,
      '--isolation=userns-single',
      '--strict-ownership',
    );
    expect(status, stderr).toBe(0);
    const { stat } = await site.open(reference);
    expect([stat('/f'), stat('/g')]).toEqual(['file 4755 33:0', 'file 644 0:34']);
  });

  it('says what cannot be started, as every sandbox does', async () => {
    const { stderr, status } = await build(
      'FROM BASE\nUSER 65534\nRUN ["nothing"]\n',
      '--isolation=userns-single',
    );
    expect(stderr).toContain('nothing was not found in the PATH of the image');
    expect(status).toBe(127);
  });
});
