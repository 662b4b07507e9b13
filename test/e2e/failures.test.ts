import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openSite, type BuildSite } from '../support/build-site.ts';
import { execute, type Executed, type Ids } from '../support/e2e/execute.ts';
import { installProgram, type Program } from '../support/e2e/program.ts';
import { missing, titled } from '../support/e2e/requirements.ts';
import { mountsOf, processesWith } from '../support/e2e/traces.ts';
import { makeWorkplace, type Workplace } from '../support/e2e/workplace.ts';
import { mountsRefused } from '../support/mount-namespace.ts';
import { startRegistry } from '../support/registry/index.ts';

const NOBODY: Ids = { uid: 65_534, gid: 65_534 };
const notRoot = missing({ root: true, tools: ['unshare'] }) ?? mountsRefused();

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
beforeEach(() => site.registry.faults.clear());

let builds = 0;

interface Attempt {
  readonly files?: Readonly<Record<string, string>>;
  readonly words?: readonly string[];
  readonly as?: Ids;
  prepare?(place: Workplace): void;
  /** Starts the command line in place of us. */
  start?(command: readonly string[], place: Workplace): Promise<Executed>;
}

/** A build that fails: what it said, once it is certain that it left nothing behind and pushed nothing. */
async function fails(
  dockerfile: string,
  attempt: Attempt = {},
): Promise<{ status: number | null; said: string }> {
  const marker = `86399.${process.pid}${builds++}`;
  const repository = `failed/${builds}`;
  const text = dockerfile.replaceAll('BASE', site.base).replaceAll('MARKER', marker);
  const place = makeWorkplace({ Dockerfile: text, ...attempt.files }, attempt.as);
  try {
    attempt.prepare?.(place);
    const words = [
      ...['--context', place.context, '--destination', `${site.registry.host}/${repository}:1`],
      ...['--insecure-registry', site.registry.host, ...(attempt.words ?? [])],
    ];
    const env = { TMPDIR: place.scratch };
    const { status, stdout, stderr } = await (attempt.start === undefined
      ? program.cli(words, { as: attempt.as, home: place.home, env })
      : attempt.start([...program.command, ...words], place));
    expect(place.leftovers(), stderr).toEqual([]);
    expect(mountsOf(place.scratch)).toEqual([]);
    expect(processesWith(marker)).toEqual([]);
    expect(await tagsOf(repository)).toEqual([]);
    return { status, said: `${stdout}${stderr}` };
  } finally {
    place.remove();
  }
}

async function tagsOf(repository: string): Promise<readonly string[]> {
  const response = await fetch(`${site.registry.url}/v2/${repository}/tags/list`);
  if (response.status === 404) return [];
  return ((await response.json()) as { readonly tags: string[] }).tags;
}

describe('a Dockerfile that makes no sense', () => {
  it.each([
    ['a syntax error', 'FROM BASE\nRUN ["/bin/sh"\nCOPY a', 3, 'COPY requires at least two arguments'],
    ['a heredoc without an end', 'FROM BASE\n\nRUN <<EOT\necho x\n', 3, 'unterminated heredoc'],
    ['an unknown instruction', 'FROM BASE\nCOPPY a b', 2, 'unknown instruction: COPPY (did you mean COPY?)'],
    ['an unknown flag', 'FROM BASE\nCOPY --chow=1 a b', 2, 'unknown flag: --chow'],
    ['an unknown stage by index', 'FROM BASE\nCOPY --from=4 a b', 2, 'invalid stage index 4'],
    [
      'a stage that comes later',
      'FROM BASE\nCOPY --from=x a b\nFROM BASE AS x',
      2,
      'needs to be defined before',
      '0',
    ],
  ])('%s: its place is told, with status 65', async (_what, dockerfile, line, message, target = '') => {
    const words = target === '' ? [] : ['--target', target];
    const { status, said } = await fails(dockerfile, { words });
    expect(said).toContain(message);
    expect(said).toContain(`Dockerfile:${line}`);
    expect(status).toBe(65);
  });

  it('a target that is not there: suggested, with status 65', async () => {
    const { status, said } = await fails('FROM BASE AS builder', { words: ['--target', 'bulder'] });
    expect(said).toContain('target stage "bulder" could not be found (did you mean builder?)');
    expect(status).toBe(65);
  });

  it('none at all: told, with status 66', async () => {
    const { status, said } = await fails('', { words: ['--dockerfile', 'Dockerfile.gone'] });
    expect(said).toContain('Dockerfile.gone');
    expect(status).toBe(66);
  });
});

describe('a context that lacks something', () => {
  it('a missing source: named with its line, status 66', async () => {
    const { status, said } = await fails('FROM BASE\nCOPY present \\\n  absent.txt /d/', {
      files: { present: 'x' },
    });
    expect(said).toContain('Dockerfile:2-3');
    expect(said).toMatch(/absent\.txt.*not found/);
    expect(status).toBe(66);
  });

  it('an ignored source is missing too', async () => {
    const { status, said } = await fails('FROM BASE\nCOPY secret /d/', {
      files: { secret: 'x', '.dockerignore': 'secret' },
    });
    expect(said).toContain('Dockerfile:2');
    expect(said).toContain('.dockerignore');
    expect(status).toBe(66);
  });

  it.skipIf(notRoot !== undefined)(
    titled('a file that cannot be read: named, status 66', notRoot),
    async () => {
      const { status, said } = await fails('FROM scratch\nCOPY . /', {
        as: NOBODY,
        prepare: ({ context }) => {
          mkdirSync(join(context, 'd'));
          writeFileSync(join(context, 'd/closed'), 'x', { mode: 0o600 });
        },
      });
      expect(said).toContain('d/closed');
      expect(said).toContain('Dockerfile:2');
      expect(status).toBe(66);
    },
  );

  it.skipIf(notRoot !== undefined)(
    titled('a directory that cannot be entered: named, status 66', notRoot),
    async () => {
      const { status, said } = await fails('FROM scratch\nCOPY d /d', {
        as: NOBODY,
        prepare: ({ context }) => mkdirSync(join(context, 'd'), { mode: 0o700 }),
      });
      expect(said).toMatch(/\bd\b/);
      expect(said).toContain('Dockerfile:2');
      expect(status).toBe(66);
    },
  );

  it.skipIf(notRoot !== undefined)(
    titled('a context that is closed altogether: named, status 66', notRoot),
    async () => {
      let context = '';
      const { status, said } = await fails('FROM scratch\nCOPY . /', {
        as: NOBODY,
        prepare: (place) => {
          context = place.context;
          chmodSync(context, 0);
        },
      });
      expect(said).toContain(context);
      expect(status).toBe(66);
    },
  );
});

describe('a RUN that fails', () => {
  it.each([
    ['exits 7', 'exit 7', 7],
    ['leaves processes behind', '(sleep MARKER &) && sleep MARKER & exit 9', 9],
    ['is killed by a signal', 'kill -TERM $$', 143],
    ['is not found', 'no-such-program', 127],
  ])('%s: its status is the status', async (_what, command, expected) => {
    const { status, said } = await fails(`FROM BASE\nRUN echo before\nRUN ${command}`);
    expect(said).toContain('Dockerfile:3');
    expect(said).toContain(`did not complete successfully: exit code: ${expected}`);
    expect(said).toContain('before');
    expect(status).toBe(expected);
  });
});

describe('a registry that refuses', () => {
  it('has not got the base: its name and line are told, status 66', async () => {
    const name = `${site.registry.host}/no/such`;
    const { status, said } = await fails(`FROM BASE AS a\nFROM ${name}:1\nCOPY --from=a / /`);
    expect(said).toContain('Dockerfile:2');
    expect(said).toContain(`${name}:1`);
    expect(status).toBe(66);
  });

  it('wants to know who asks: told with a remedy, status 77', async () => {
    const closed = await startRegistry({ auth: { kind: 'bearer', username: 'u', password: 'p' } });
    try {
      const { status, said } = await fails(`FROM ${closed.host}/private:1`, {
        words: ['--insecure-registry', closed.host],
      });
      expect(said).toContain('Dockerfile:1');
      expect(said).toContain(closed.host);
      expect(said).toContain('hint:');
      expect(status).toBe(77);
    } finally {
      await closed.close();
    }
  });

  it('sends another base than it promised: status 76', async () => {
    site.registry.faults.inject('blob-get', { kind: 'body', change: corrupted }, { skip: 1, times: 99 });
    const { status, said } = await fails('FROM BASE\nRUN true');
    expect(said).toMatch(/sha256:[0-9a-f]{12}/);
    expect(said).toContain('Dockerfile:1');
    expect(status).toBe(76);
  });

  it('sends another config than it promised: status 76', async () => {
    site.registry.faults.inject('blob-get', { kind: 'body', change: corrupted }, { times: 99 });
    const { status, said } = await fails('FROM BASE\nRUN true');
    expect(said).toContain('Dockerfile:1');
    expect(status).toBe(76);
  });

  it('sends a manifest of another digest than was asked for: status 76', async () => {
    const { image } = await site.open(site.base);
    site.registry.faults.inject('manifest-get', { kind: 'body', change: corrupted }, { times: 99 });
    const { status, said } = await fails(`FROM BASE@${image.descriptor.digest}\nRUN true`);
    expect(said).toContain('Dockerfile:1');
    expect(status).toBe(76);
  });

  it('takes no push: found out before RUN is over, status 77', async () => {
    site.registry.faults.inject('upload-start', { kind: 'status', status: 403 }, { times: 99 });
    const { status, said } = await fails('FROM BASE\nRUN sleep MARKER');
    expect(said).toContain(`${site.registry.host}/failed/`);
    expect(status).toBe(77);
  });

  it.each([
    ['a layer', 'upload-put'],
    ['the manifest', 'manifest-put'],
  ] as const)('does not take %s: no tag is there, status 76', async (_what, step) => {
    site.registry.faults.inject(step, { kind: 'status', status: 400 }, { times: 99 });
    const { status, said } = await fails('FROM BASE\nCOPY a /a', { files: { a: 'x' } });
    expect(said).toContain('400');
    expect(status).toBe(76);
  });
});

/** One bit of the middle is another. */
function corrupted(body: Buffer): Buffer {
  const copy = Buffer.from(body);
  const middle = copy.length >> 1;
  copy[middle] = (copy[middle] ?? 0) ^ 1;
  return copy;
}

/** Runs the rest with a small tmpfs on $1 that nobody else sees; prints what is left in it. */
const FULL = `
dir=$1; mount -t tmpfs -o "size=$2,mode=1777" small "$dir"; shift 2
"$@"; status=$?
echo "left behind: $(ls -A "$dir")"
exit $status
`;

describe.skipIf(notRoot !== undefined)(titled('a disk that is full', notRoot), () => {
  const start =
    (bytes: number) =>
    (command: readonly string[], place: Workplace): Promise<Executed> =>
      execute(
        'unshare',
        [
          '--mount',
          '--propagation',
          'private',
          'sh',
          '-c',
          FULL,
          'sh',
          place.scratch,
          `${bytes}`,
          ...command,
          // A place that is full is passed over, unless it is asked for.
          ...['--scratch-dir', place.scratch],
        ],
        { env: { PATH: process.env['PATH'] ?? '', HOME: place.home, TMPDIR: place.scratch } },
      );

  /** Bytes of the base as it is pulled and as it is unpacked. */
  async function baseBytes(): Promise<{ readonly packed: number; readonly unpacked: number }> {
    const { image, files } = await site.open(site.base);
    const pages = [...files.values()].reduce((sum, { size }) => sum + Math.ceil(size / 4096) * 4096, 0);
    return {
      packed: image.layers.reduce((sum, { descriptor }) => sum + descriptor.size, 0),
      unpacked: pages,
    };
  }

  it.each([
    ['before the base is pulled', ({ packed }: { packed: number }) => packed / 2],
    [
      'while the base is unpacked',
      ({ packed, unpacked }: { packed: number; unpacked: number }) => packed + unpacked / 2,
    ],
    [
      'while a layer is written',
      ({ packed, unpacked }: { packed: number; unpacked: number }) => packed + unpacked + (14 << 20),
    ],
  ])('%s: told with a remedy, status 74', async (_when, size) => {
    const bytes = Math.floor(size(await baseBytes()));
    const { status, said } = await fails('FROM BASE\nRUN head -c 10485760 /dev/urandom > /big', {
      start: start(bytes),
    });
    expect(said).toContain('ENOSPC');
    expect(said).toMatch(/hint: .*free space .* by --scratch-dir/);
    expect(said).toMatch(/^left behind: $/m);
    expect(status).toBe(74);
  });
});
