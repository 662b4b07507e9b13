import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Digest } from '../../src/oci/index.ts';
import { makeAccount, noAccount, type Account } from '../support/e2e/account.ts';
import { busyboxLayout, noBusyboxBase } from '../support/e2e/busybox-base.ts';
import { succeed } from '../support/e2e/execute.ts';
import { installProgram, type Program } from '../support/e2e/program.ts';
import { REGISTRY_TOOLS, startTestRegistry, type TestRegistry } from '../support/e2e/registry.ts';
import { missing, titled } from '../support/e2e/requirements.ts';
import { verifyPushed, VERIFY_TOOLS } from '../support/e2e/verify.ts';
import { makeWorkplace } from '../support/e2e/workplace.ts';

const reason = missing({ root: true, tools: [...REGISTRY_TOOLS, ...VERIFY_TOOLS] }) ?? noBusyboxBase();
const noUser = noAccount();
const EPOCH = '1700000000';
const LONG = `${'d'.repeat(120)}/${'e'.repeat(120)}/${'f'.repeat(120)}`;

interface Case {
  readonly dockerfile: string;
  readonly flags?: readonly string[];
  /** Layers on top of the base. */
  readonly layers: number;
}

/** Every step gives the same bytes each time. */
const DETERMINISTIC = `FROM busybox:1 AS made
ENV GREETING="hello there"
WORKDIR /srv/work
RUN echo "$GREETING" >greeting && mkdir -p a/b && chmod 4755 greeting && ln greeting a/hard && \\
    ln -s ../greeting a/soft && rm /bin/yes
RUN mkfifo -m 600 fifo && echo more >more && rm more && chown 33:44 a/b && chmod 1777 a && rm -r /root && mkdir /root
COPY --chown=5:6 --chmod=640 files/ /opt/files/
ADD tree.tar /opt/tree/
FROM busybox:1
COPY --from=made /srv/work /work
COPY --from=made /opt /opt
RUN cat /work/greeting >/opt/copy && rm -r /opt/files/sub
WORKDIR /work
`;

const CASES: Readonly<Record<string, Case>> = {
  'several stages with RUN, COPY, ADD, WORKDIR and ENV': { dockerfile: DETERMINISTIC, layers: 3 },
  'the first of them': {
    dockerfile: DETERMINISTIC,
    flags: ['--target', 'made'],
    layers: 5,
  },
  'one layer a stage': { dockerfile: DETERMINISTIC, flags: ['--single-snapshot'], layers: 1 },
  'times of the epoch': { dockerfile: DETERMINISTIC, flags: ['--reproducible'], layers: 3 },
  'a config alone': {
    dockerfile: `FROM busybox:1
LABEL a=b "c d"="e f"
USER 12:34
VOLUME /data
EXPOSE 80 53/udp
STOPSIGNAL SIGQUIT
HEALTHCHECK --interval=5s CMD true
ENTRYPOINT ["/bin/sh", "-c"]
CMD ["id"]
`,
    layers: 0,
  },
  'files alone': { dockerfile: 'FROM scratch\nCOPY files /\nADD tree.tar /tree/\n', layers: 2 },
  'names beyond ASCII and beyond 100 bytes': {
    dockerfile: `FROM busybox:1
RUN mkdir -p /${LONG} "/ü/日本" && echo 1 >/${LONG}/file && ln /${LONG}/file "/ü/日本/$(printf 'bad\\377byte')" && \\
    ln -s /${LONG}/file /ü/link && touch '/a b' '/.wh' '/-x'
`,
    layers: 1,
  },
  'what a step removes and makes again': {
    dockerfile: `FROM busybox:1
RUN mkdir -p /d/e && echo 1 >/d/e/f && echo 2 >/d/g
RUN rm -r /d && mkdir /d && echo 3 >/d/h
RUN rm /d/h && mkdir /d/h && rm /bin/yes && mkdir /bin/yes
RUN rm -r /d
`,
    layers: 4,
  },
  'steps that change nothing': { dockerfile: 'FROM busybox:1\nRUN true\nRUN cat /etc/passwd\n', layers: 0 },
};

const FILES = { 'files/one': 'one\n', 'files/sub/two': 'two\n', 'tree/x/y': 'y\n', 'tree/empty': '' };

let program: Program;
let registry: TestRegistry;
let account: Account | undefined;

interface Built {
  readonly digest: Digest;
  readonly name: string;
}

/** Builds in a fresh place, pushes, and returns the digest the build told and the registry confirms. */
async function build(
  repository: string,
  { dockerfile, flags = [] }: Case,
  as?: Account,
  registryFlags = registry.flags,
): Promise<Built> {
  const place = makeWorkplace({ Dockerfile: dockerfile, ...FILES }, as);
  try {
    const archive = [
      '--create',
      '--file',
      join(place.context, 'tree.tar'),
      '--sort=name',
      '--mtime=@1600000000',
    ];
    await succeed('tar', [...archive, '--owner=7', '--group=8', '-C', join(place.context, 'tree'), '.']);
    const digestFile = place.output('digest');
    const name = `${registry.host}/${repository}:1`;
    const outputs = ['--destination', name, '--digest-file', digestFile];
    const { status, stderr } = await program.cli(
      ['--context', place.context, ...outputs, ...registryFlags, ...flags],
      { as, home: place.home, env: { TMPDIR: place.scratch, SOURCE_DATE_EPOCH: EPOCH } },
    );
    expect(status, stderr).toBe(0);
    expect(place.leftovers()).toEqual([]);
    const digest = readFileSync(digestFile, 'utf8') as Digest;
    expect(await registry.digestOf(repository, '1')).toBe(digest);
    return { digest, name };
  } finally {
    place.remove();
  }
}

describe.skipIf(reason !== undefined)(titled('images that were pushed', reason), () => {
  beforeAll(async () => {
    program = installProgram();
    registry = await startTestRegistry();
    await registry.publish(`${await busyboxLayout()}/layout:busybox`, 'library/busybox:1');
    if (noUser === undefined) account = await makeAccount();
  });
  afterAll(async () => {
    await account?.remove();
    await registry?.close();
    program?.remove();
  });

  const names = Object.keys(CASES);

  it.each(names)('of %s are accepted by skopeo, umoci, buildah and ourselves', async (title) => {
    const made = CASES[title] as Case;
    const { digest, name } = await build(`root/case-${names.indexOf(title)}`, made);
    const { image, unpacked } = await verifyPushed(name, digest);
    unpacked.remove();
    const base = made.dockerfile.startsWith('FROM scratch') ? 0 : 1;
    expect(image.layers.length).toBe(base + made.layers);
  });

  const others = `by scanning${noUser === undefined ? ' and by a user without privileges' : ''}`;
  it.each(names)(`of %s have one digest, whether built as root again, ${others}`, async (title) => {
    const made = CASES[title] as Case;
    const path = `case-${names.indexOf(title)}`;
    const scanning = { ...made, flags: [...(made.flags ?? []), '--snapshotter=scan'] };
    const builds = [
      await build(`one/${path}`, made),
      await build(`two/${path}`, made),
      await build(`scan/${path}`, scanning),
    ];
    if (account !== undefined) builds.push(await build(`user/${path}`, made, account));
    const digests = builds.map(({ digest }) => digest);
    expect(digests).toEqual(digests.map(() => digests[0]));
  });

  it('have the same base, whether a map, a mirror or its whole name leads to it', async () => {
    const { host } = registry;
    const dockerfile = (base: string): Case => ({
      dockerfile: `FROM ${base}\nRUN echo 1 >/one\n`,
      layers: 1,
    });
    const plain = ['--insecure-registry', host];
    const builds = [
      await build('base/map', dockerfile('busybox:1')),
      await build('base/mirror', dockerfile('busybox:1'), undefined, ['--registry-mirror', host, ...plain]),
      await build('base/name', dockerfile(`${host}/library/busybox:1`), undefined, plain),
    ];
    expect(new Set(builds.map(({ digest }) => digest)).size).toBe(1);
  });

  it('have the files, owners and modes that the steps made', async () => {
    const { digest, name } = await build('root/content', CASES[names[1] as string] as Case);
    const { unpacked } = await verifyPushed(name, digest);
    try {
      const found = await succeed('find', ['srv', 'opt', '-printf', '%y %m %U:%G %n %p %l\n'], {
        cwd: unpacked.rootfs,
      });
      expect(
        found
          .trimEnd()
          .split('\n')
          .map((line) => line.trimEnd())
          .sort(),
      ).toEqual(CONTENT);
      expect(readFileSync(join(unpacked.rootfs, 'srv/work/a/hard'), 'utf8')).toBe('hello there\n');
    } finally {
      unpacked.remove();
    }
  });
});

/** Type, mode, owner, names, path and target, as find(1) tells them. */
const CONTENT = [
  'd 1777 0:0 3 srv/work/a',
  'd 640 5:6 2 opt/files/sub',
  'd 640 5:6 3 opt/files',
  'd 640 5:6 4 opt',
  'd 755 0:0 3 opt/tree',
  'd 755 0:0 3 srv',
  'd 755 0:0 3 srv/work',
  'd 755 33:44 2 srv/work/a/b',
  'd 755 7:8 2 opt/tree/x',
  'f 4755 0:0 2 srv/work/greeting',
  'f 640 5:6 1 opt/files/one',
  'f 640 5:6 1 opt/files/sub/two',
  'f 644 7:8 1 opt/tree/empty',
  'f 644 7:8 1 opt/tree/x/y',
  'f 4755 0:0 2 srv/work/a/hard',
  'l 777 0:0 1 srv/work/a/soft ../greeting',
  'p 600 0:0 1 srv/work/fifo',
].sort();
