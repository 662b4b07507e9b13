import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { main } from '../../../src/cli/main.ts';
import { BuildError } from '../../../src/errors/index.ts';
import { FLAG_OPTIONS } from '../../../src/request/index.ts';
import { DIGEST, IMAGE_ID, buildResult } from '../../support/build-results.ts';
import { fakeCli } from '../../support/fake-cli.ts';

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'cli-main-'));
  mkdirSync(join(cwd, 'ctx'));
  writeFileSync(join(cwd, 'ctx/Dockerfile'), 'FROM scratch\n');
});
afterEach(() => rmSync(cwd, { recursive: true }));

const BUILD = ['--context', 'dir://ctx', '--destination', 'localhost:5000/app:1'];

async function requestOf(argv: readonly string[], env: Record<string, string> = {}) {
  const fake = fakeCli(cwd);
  const status = await main(argv, env, fake.ports);
  expect([status, fake.err()]).toEqual([0, expect.not.stringContaining('error')]);
  const [request] = fake.requests;
  if (request === undefined) throw new Error('nothing was built');
  return { request, err: fake.err() };
}

async function failureOf(argv: readonly string[], env: Record<string, string> = {}) {
  const fake = fakeCli(cwd);
  const status = await main(argv, env, fake.ports);
  expect(fake.requests).toEqual([]);
  return { status, err: fake.err() };
}

describe('the request', () => {
  it('has the defaults of kaniko: it pushes', async () => {
    const { request } = await requestOf(BUILD);
    expect(request).toMatchObject({
      spec: {
        context: { kind: 'directory', path: join(cwd, 'ctx') },
        dockerfile: { kind: 'file', name: join(cwd, 'ctx/Dockerfile') },
        buildArgs: {},
        labels: {},
        platform: { os: 'linux', architecture: 'amd64' },
        reproducible: false,
        snapshotter: 'auto',
      },
      outputs: { tags: ['localhost:5000/app:1'], push: true },
      credentials: [],
      isolation: 'auto',
      scratchParent: undefined,
    });
  });

  it('takes every flag of the build', async () => {
    writeFileSync(join(cwd, 'Other'), 'FROM scratch\n');
    const { request } = await requestOf(
      [
        'build -c ctx -f Other -d a/b:1 --tag=c/d:2 --build-arg A=1 --build-arg B --label l=v --target final',
        '--custom-platform linux/arm64 --reproducible --single-snapshot --snapshot-mode=time --ignore-path /x',
        '--isolation none --snapshotter scan --no-cache --tar-path out.tar --oci-layout-path layout',
        '--digest-file d --image-name-with-digest-file n --image-name-tag-with-digest-file t --insecure',
        '--insecure-pull --insecure-registry r:1 --skip-tls-verify --skip-tls-verify-pull',
        '--registry-certificate h:5=ca.pem --registry-client-cert=h=c.crt,c.key --push-retry 7',
        '--skip-default-registry-fallback --push-ignore-immutable-tag-errors --skip-push-permission-check',
        '--image-download-retry=2 --image-fs-extract-retry 3 --scratch-dir /scratch',
        '--skip-tls-verify-registry s --registry-mirror m --registry-map a=b;c=d --source-date-epoch 7',
      ]
        .join(' ')
        .split(' '),
      { B: 'from env', KANIKO_REGISTRY_MIRROR: 'n, o', KANIKO_REGISTRY_MAP: 'a=e', TMPDIR: '/elsewhere' },
    );
    expect(request.spec).toMatchObject({
      dockerfile: { name: join(cwd, 'Other') },
      target: 'final',
      buildArgs: { A: '1', B: 'from env', SOURCE_DATE_EPOCH: '7' },
      labels: { l: 'v' },
      platform: { os: 'linux', architecture: 'arm64' },
      buildPlatform: { os: 'linux', architecture: 'amd64' },
      sourceDateEpoch: 7,
      reproducible: true,
      singleSnapshot: true,
      ignorePaths: ['/x'],
      snapshotter: 'scan',
    });
    expect(request.outputs).toEqual({
      annotations: [],
      form: { format: 'oci', compression: 'gzip', level: undefined, force: false },
      outputs: [],
      tags: ['a/b:1', 'c/d:2'],
      push: true,
      tarPath: join(cwd, 'out.tar'),
      ociLayoutPath: join(cwd, 'layout'),
      digestFile: join(cwd, 'd'),
      imageNameWithDigestFile: join(cwd, 'n'),
      imageNameTagWithDigestFile: join(cwd, 't'),
    });
    expect(request.registries).toEqual({
      insecureRegistries: ['r:1'],
      insecurePush: true,
      insecurePull: true,
      skipTlsVerify: true,
      skipTlsVerifyPull: true,
      skipTlsVerifyRegistries: ['s'],
      mirrors: ['m', 'n', 'o'],
      registryMap: { a: ['b', 'e'], c: ['d'] },
      skipDefaultFallback: true,
      certificates: { 'h:5': join(cwd, 'ca.pem') },
      clientCertificates: { h: { certificate: join(cwd, 'c.crt'), key: join(cwd, 'c.key') } },
      retries: { push: 7, download: 2, layers: 3 },
      checkPush: false,
      ignoreImmutableTags: true,
    });
    expect([request.isolation, request.scratchParent]).toEqual(['none', '/scratch']);
  });

  it.each([
    ['--no-push', {}],
    ['--push=false', {}],
    ['--no-push=false', { KANIKO_NO_PUSH: '1' }],
  ])('does not push with %s %j', async (flag, env) => {
    const { request } = await requestOf(['-c', 'ctx', flag], env);
    expect(request.outputs.push).toBe(false);
  });

  it('takes several targets: the first is exported', async () => {
    const { request } = await requestOf([...BUILD, '--target=a', '--target=b', '--target=c']);
    expect(request.spec).toMatchObject({ target: 'a', otherTargets: ['b', 'c'] });
  });

  it.each([
    ['--check', { method: 'check', format: 'text', ignoreStatus: false }],
    ['--call=lint,format=json', { method: 'check', format: 'json', ignoreStatus: false }],
    ['--call=outline,ignorestatus=true', { method: 'outline', format: 'text', ignoreStatus: true }],
  ])('asks %s without a destination, and answers on standard output', async (flag, call) => {
    const fake = fakeCli(cwd);
    expect(await main(['-c', 'ctx', flag], {}, fake.ports)).toBe(3);
    expect(JSON.parse(fake.out())).toEqual(call);
    expect(fake.requests).toHaveLength(1);
  });

  it('builds where the question is build', async () => {
    expect((await requestOf([...BUILD, '--call=build'])).request.outputs.push).toBe(true);
  });

  it('takes SOURCE_DATE_EPOCH from argument, flag and environment, in this order', async () => {
    const env = { SOURCE_DATE_EPOCH: '3' };
    const epochOf = async (...more: string[]) =>
      (await requestOf([...BUILD, ...more], env)).request.spec.sourceDateEpoch;
    expect(await epochOf()).toBe(3);
    expect(await epochOf('--source-date-epoch=2')).toBe(2);
    expect(await epochOf('--source-date-epoch=2', '--build-arg=SOURCE_DATE_EPOCH=1')).toBe(1);
    expect(await epochOf('--build-arg=SOURCE_DATE_EPOCH=')).toBeUndefined();
    const { request } = await requestOf(BUILD, env);
    expect(request.spec.buildArgs).toEqual({ SOURCE_DATE_EPOCH: '3' });
  });

  it('takes the checkout of a CI system for the context', async () => {
    const { request } = await requestOf(['--no-push'], { CI_PROJECT_DIR: join(cwd, 'ctx') });
    expect(request.spec.context).toEqual({ kind: 'directory', path: join(cwd, 'ctx') });
  });

  it('warns of spellings out of date and of capitals in a repository', async () => {
    const { request, err } = await requestOf(['-c', 'ctx', '-d', 'ghcr.io/Me/App:V1', '--tarPath=x']);
    expect(request.outputs).toMatchObject({ tags: ['ghcr.io/me/app:V1'], tarPath: join(cwd, 'x') });
    expect(err).toContain('warning: --tarPath is out of date: use --tar-path');
    expect(err).toContain('ghcr.io/Me/App:V1');
  });

  it('says in debug only that a flag has no effect', async () => {
    expect((await requestOf([...BUILD, '--cleanup'])).err).toBe('');
    expect((await requestOf([...BUILD, '--cleanup', '-v', 'debug'])).err).toContain(
      '--cleanup has no effect',
    );
  });
});

describe('what is refused', () => {
  const refused = FLAG_OPTIONS.filter(({ treatment }) => treatment === 'refused');

  it.each(refused.map(({ flag }) => flag.name))('--%s by its name', async (name) => {
    const kind = refused.find(({ flag }) => flag.name === name)?.flag.kind;
    const { status, err } = await failureOf([...BUILD, kind === 'flag' ? `--${name}` : `--${name}=x`]);
    expect(status).toBe(69);
    expect(err).toContain(`error: --${name} is not supported\nhint: `);
  });

  it('but not where the value asks for nothing', async () => {
    for (const { flag, inert = [] } of refused)
      for (const value of inert) await requestOf([...BUILD, `--${flag.name}=${value}`]);
    await requestOf([...BUILD, '--cache=F']);
  });

  it.each([
    [['--destnation=x'], 64, 'unknown flag: --destnation'],
    [['--push=maybe'], 64, 'invalid value "maybe" for --push'],
    [['--snapshot-mode=fast'], 64, '--snapshot-mode'],
    [['--isolation=docker'], 64, 'isolation'],
    [['--custom-platform=linux'], 64, 'platform'],
    [['--ignore-path=relative'], 64, 'ignore-path'],
    [['--build-arg=='], 64, 'build argument'],
    [['--verbosity=loud'], 64, '--verbosity'],
    [['--log-format=xml'], 64, '--log-format'],
    [['--call=biuld'], 64, 'one of: build, check'],
    [['--call=check,format=xml'], 64, 'format of call'],
    [['--call=check,nope'], 64, 'invalid option "nope" for call'],
    [['-d', 'UPPER CASE'], 65, 'error: '],
    [['-f', 'missing'], 66, 'failed to read dockerfile'],
    [['-c', 'gs://bucket/context.tgz'], 69, 'gs://'],
    [['--digest-file=https://h/x'], 69, 'digest-file'],
    [['build', 'ctx'], 64, 'unexpected argument: ctx'],
    [['biuld'], 64, 'did you mean build?'],
    [['login', 'x'], 69, 'login is not supported'],
    [['validate'], 64, 'needs the name of an image'],
    [['--json'], 64, '--json belongs to doctor'],
  ])('%j ends with %i', async (argv, expected, text) => {
    const { status, err } = await failureOf([...BUILD, ...argv]);
    expect(status).toBe(expected);
    expect(err).toContain(text);
  });

  it('a push to nowhere', async () => {
    const { status, err } = await failureOf(['-c', 'ctx']);
    expect(status).toBe(64);
    expect(err).toContain('hint: give --destination, or --no-push');
  });

  it('a value of KANIKO_NO_PUSH that is no boolean', async () => {
    expect(await failureOf(BUILD, { KANIKO_NO_PUSH: 'maybe' })).toMatchObject({ status: 64 });
  });
});

describe('the end of a build', () => {
  const files = ['--digest-file', 'out/digest', '--metadata-file=out/meta.json'];

  it('writes the files and says what was made', async () => {
    const destinations = [{ reference: 'localhost:5000/app:1', digest: DIGEST }];
    const fake = fakeCli(cwd, () => buildResult({ destinations }));
    expect(await main([...BUILD, ...files], {}, fake.ports)).toBe(0);
    expect(readFileSync(join(cwd, 'out/digest'), 'utf8')).toBe(DIGEST);
    expect(JSON.parse(readFileSync(join(cwd, 'out/meta.json'), 'utf8'))).toMatchObject({
      'containerimage.digest': DIGEST,
    });
    expect(fake.out()).toContain(`image     localhost:5000/app:1@${DIGEST}\n`);
    expect(fake.out()).toContain(`digest    ${DIGEST}\nimage ID  ${IMAGE_ID}\nlayers    2, 27.0 MB\n`);
    expect(fake.out()).toContain(`  ${DIGEST}    1.5 kB  new     RUN make install\ntime      12.3s\n`);
    expect(fake.err()).toBe('');
  });

  it('writes nothing after a failure', async () => {
    const fake = fakeCli(cwd, () => {
      throw new BuildError('RUN_FAILED', 'RUN false: exit status 7', { exitStatus: 7 });
    });
    expect(await main([...BUILD, ...files], {}, fake.ports)).toBe(7);
    expect(existsSync(join(cwd, 'out'))).toBe(false);
    expect([fake.out(), fake.err()]).toEqual(['', 'error: RUN false: exit status 7\n']);
  });

  it('fails where a file cannot be written', async () => {
    const fake = fakeCli(cwd);
    expect(await main([...BUILD, '--digest-file=ctx/Dockerfile/x'], {}, fake.ports)).toBe(74);
    expect(fake.err()).toContain(`error: cannot write ${join(cwd, 'ctx/Dockerfile/x')}`);
  });

  it('passes environment and signal to the build', async () => {
    const env = { DOCKER_CONFIG: '/c' };
    const fake = fakeCli(cwd, (_, surroundings) => {
      expect(surroundings.env).toBe(env);
      expect(surroundings.signal.aborted).toBe(false);
      return buildResult();
    });
    expect(await main(BUILD, env, fake.ports)).toBe(0);
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ])('%s cancels the build and ends with %i', async (name, status) => {
    const fake = fakeCli(cwd, (_, { signal }) => {
      fake.signals.emit(name);
      expect(signal.reason).toBe(name);
      throw new BuildError('RUN_FAILED', 'RUN was killed', { exitStatus: 137 });
    });
    expect(await main([...BUILD, ...files], {}, fake.ports)).toBe(status);
    expect(fake.err()).toContain('error: the build was cancelled');
    expect(fake.exits).toEqual([]);
    expect(fake.signals.eventNames()).toEqual([]);
  });

  it('a second signal ends the process at once', async () => {
    const fake = fakeCli(cwd, () => {
      fake.signals.emit('SIGINT');
      fake.signals.emit('SIGINT');
      return buildResult();
    });
    await main(BUILD, {}, fake.ports);
    expect(fake.exits).toEqual([130]);
  });
});

describe('the log', () => {
  const step = { stage: 's', index: 1, total: 1, text: 'RUN ##[add-mask]a', line: 1 };
  const logOf = async (argv: readonly string[], env: Record<string, string>, isTTY: boolean) => {
    const fake = fakeCli(
      cwd,
      (_, { reporter }) => {
        reporter.stepStarted(step);
        return buildResult();
      },
      isTTY,
    );
    await main([...BUILD, ...argv], env, fake.ports);
    return fake;
  };

  it('is drawn on a terminal, unless CI, NO_COLOR, a dumb terminal or --log-format=text ask for lines', async () => {
    expect((await logOf([], {}, true)).err()).toMatch(/^\x1b\[1m#1 /);
    const lines = '#1 [s 1/1] RUN ## [add-mask]a\n';
    expect((await logOf([], {}, false)).err()).toBe(lines);
    expect((await logOf(['--log-format=text'], {}, true)).err()).toBe(lines);
    for (const env of [{ CI: 'true' }, { NO_COLOR: '1' }, { TERM: 'dumb' }])
      expect((await logOf([], env, true)).err()).toBe(lines);
    expect((await logOf([], { CI: 'false' }, true)).err()).not.toBe(lines);
  });

  it('begins with the time where that is asked for', async () => {
    expect((await logOf(['--log-timestamp'], {}, false)).err()).toMatch(/^2026-01-02T03:04:05Z #1 /);
  });

  it('is JSON, the result and errors too', async () => {
    const fake = await logOf(['--log-format=json'], {}, true);
    const events = fake
      .err()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { event: string });
    expect(events.map(({ event }) => event)).toEqual(['step-started', 'result']);
    expect(events[1]).toMatchObject({ level: 'info', digest: DIGEST, imageId: IMAGE_ID });
    expect(fake.out()).toBe('');
    expect(fake.err()).not.toContain('##[');
    const failed = fakeCli(cwd, () => {
      throw new BuildError('REGISTRY_AUTH', 'denied');
    });
    expect(await main([...BUILD, '--log-format=json'], {}, failed.ports)).toBe(77);
    expect(JSON.parse(failed.err())).toMatchObject({ level: 'error', code: 'REGISTRY_AUTH', msg: 'denied' });
  });

  it('is empty but for errors where only those are wanted', async () => {
    for (const level of ['warn', 'WARNING', 'error', 'panic']) {
      const fake = await logOf(['-v', level], {}, false);
      expect([fake.out(), fake.err()]).toEqual(['', '']);
    }
  });
});

describe('other commands', () => {
  const answer = async (...argv: string[]) => {
    const fake = fakeCli(cwd);
    expect(await main(argv, { TMPDIR: '/r' }, fake.ports)).toBe(0);
    expect(fake.requests).toEqual([]);
    return fake.out();
  };

  it('version', async () => {
    expect(await answer('version')).toBe('ts-kaniko 1.2.3\n');
    expect(await answer('--version')).toBe('ts-kaniko 1.2.3\n');
  });

  it('doctor, for people and as data', async () => {
    expect(await answer('doctor')).toBe('scratch /r\n');
    expect(JSON.parse(await answer('doctor', '--json'))).toEqual({ scratch: '/r' });
  });

  it('help, whatever else is asked', async () => {
    const help = await answer('--help');
    expect(await answer('build', '-h')).toBe(help);
    expect(await answer('help')).toBe(help);
    for (const line of help.split('\n')) expect(line.length).toBeLessThanOrEqual(110);
  });
});
