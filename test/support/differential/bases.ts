import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeBusyboxRoot, noBusybox } from '../busybox-root.ts';
import { cached } from '../e2e/cache.ts';
import { succeed } from '../e2e/execute.ts';
import { missing } from '../e2e/requirements.ts';

/** Time of everything in the base images: never a time of a build. */
const MADE = '@1500000000';

const PASSWD = `root:x:0:0:root:/root:/bin/sh
bob:x:1000:1000:Bob:/home/bob:/bin/sh
carol:x:1001:100:Carol:/home/carol:/bin/sh
nohome:x:1002:1002:::/bin/sh
`;
const GROUP = `root:x:0:
wheel:x:10:bob
staff:x:50:bob,carol
users:x:100:
bob:x:1000:
nohome:x:1002:
named:x:4321:
`;

type Json = Record<string, unknown>;

/** What a base image has beside the one layer all of them share: fields of its config, and of `config.config`. */
interface Variant {
  readonly config: Json;
  readonly image?: Json;
}

const PATH = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

const VARIANTS: Readonly<Record<string, Variant>> = {
  busybox: { config: { Env: [PATH], Cmd: ['sh'] } },
  /** A config without any field. */
  bare: { config: {} },
  /** An Env entry without `=`, one with an empty name, the same name twice. */
  'odd-env': { config: { Env: [PATH, 'NOVALUE', 'TWICE=1', 'TWICE=2', 'EMPTY='], Cmd: ['sh'] } },
  'relative-workdir': { config: { Env: [PATH], WorkingDir: 'rel/dir' } },
  user: { config: { Env: [PATH], User: 'bob', WorkingDir: '/srv' } },
  full: {
    config: {
      Env: [PATH, 'BASE=1'],
      Cmd: ['base-cmd'],
      Entrypoint: ['/base-entry'],
      Labels: { from: 'base', keep: 'yes' },
      ExposedPorts: { '80/tcp': {} },
      Volumes: { '/data': {} },
      StopSignal: 'SIGUSR1',
      Shell: ['/bin/ash', '-ec'],
      Healthcheck: { Test: ['CMD', 'true'], Interval: 1_000_000_000, Retries: 2 },
      WorkingDir: '/srv',
    },
    image: { author: 'the author of the base' },
  },
  onbuild: {
    config: {
      Env: [PATH],
      OnBuild: ['ENV TRIGGERED=yes', 'COPY . /triggered/', 'RUN echo "$TRIGGERED" > /ran'],
    },
  },
};

/** Names of the images, as Dockerfiles say them. */
export const BASE_NAMES: readonly string[] = Object.keys(VARIANTS);

/** Why the base images cannot be made here; undefined where they can. */
export function noBases(): string | undefined {
  return missing({ root: true, tools: ['tar', 'umoci', 'skopeo'] }) ?? noBusybox();
}

/** Directory with one OCI layout for each base, of that name, with the tag `latest`. Made once a day. */
export function baseLayouts(): Promise<string> {
  const version = createHash('sha256')
    .update(JSON.stringify([VARIANTS, PASSWD, GROUP, MADE]))
    .digest('hex');
  return cached(`differential-${version.slice(0, 12)}`, async (directory) => {
    const [root, layer, common] = ['root', 'layer.tar', 'common'].map((name) => join(directory, name)) as [
      string,
      string,
      string,
    ];
    mkdirSync(root);
    fillRoot(root);
    const owner = ['--numeric-owner', '--owner=0', '--group=0', '--sort=name', `--mtime=${MADE}`];
    await succeed('tar', ['--create', '--file', layer, ...owner, '-C', root, '.']);
    await succeed('umoci', ['init', '--layout', common]);
    await succeed('umoci', ['new', '--image', `${common}:latest`]);
    await succeed('umoci', ['raw', 'add-layer', '--image', `${common}:latest`, layer]);
    for (const [name, variant] of Object.entries(VARIANTS)) {
      await succeed('cp', ['-a', common, join(directory, name)]);
      rewriteConfig(join(directory, name), variant);
    }
    for (const path of [root, layer, common]) rmSync(path, { recursive: true });
    chmodSync(directory, 0o755);
  });
}

function fillRoot(root: string): void {
  makeBusyboxRoot(root);
  writeFileSync(join(root, 'etc/passwd'), PASSWD);
  writeFileSync(join(root, 'etc/group'), GROUP);
  mkdirSync(join(root, 'home/bob'), { recursive: true });
  chmodSync(join(root, 'tmp'), 0o1777);
}

interface Pointer {
  digest: string;
  size: number;
}

/** Puts another config into a layout of one image; every reference on the way to it follows. */
function rewriteConfig(layout: string, { config, image = {} }: Variant): void {
  const blob = (digest: string): string => join(layout, 'blobs', ...digest.split(':'));
  const read = (path: string): Json => JSON.parse(readFileSync(path, 'utf8')) as Json;
  const write = (pointer: Pointer, value: Json): void => {
    const bytes = Buffer.from(JSON.stringify(value));
    pointer.digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
    pointer.size = bytes.length;
    writeFileSync(blob(pointer.digest), bytes);
  };
  const index = read(join(layout, 'index.json')) as unknown as { manifests: [Pointer] };
  const manifest = read(blob(index.manifests[0].digest)) as unknown as { config: Pointer } & Json;
  const old = read(blob(manifest.config.digest));
  write(manifest.config, { ...old, ...image, created: '2017-07-14T02:40:00Z', config });
  write(index.manifests[0], manifest);
  writeFileSync(join(layout, 'index.json'), JSON.stringify(index));
}
