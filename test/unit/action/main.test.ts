import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { main } from '../../../src/action/main.ts';
import { OUTPUT_VALUES } from '../../../src/action/outputs.ts';
import { BuildError } from '../../../src/errors/index.ts';
import { INPUT_OPTIONS } from '../../../src/request/index.ts';
import { DIGEST, IMAGE_ID, buildResult } from '../../support/build-results.ts';
import { fakeRunner, type FakeRunner } from '../../support/fake-runner.ts';
import { workflowCommands } from '../../support/workflow-commands.ts';

let workspace: string;
let env: Record<string, string>;
beforeEach(() => {
  const directory = mkdtempSync(join(tmpdir(), 'action-main-'));
  workspace = join(directory, 'work');
  env = { GITHUB_WORKSPACE: workspace, RUNNER_TEMP: join(directory, 'temp') };
  for (const name of ['work', 'temp']) mkdirSync(join(directory, name));
  writeFileSync(join(workspace, 'Dockerfile'), 'FROM scratch\n');
});
afterEach(() => rmSync(dirname(workspace), { recursive: true }));

type Options = Omit<Parameters<typeof fakeRunner>[0], 'cwd'>;

async function run(options: Options, status = 0): Promise<FakeRunner> {
  const fake = fakeRunner({ cwd: workspace, ...options });
  const got = await main(env, fake.ports);
  expect([got, fake.notes.filter(({ level }) => level === 'error').length]).toEqual([
    status,
    status === 0 ? 0 : 1,
  ]);
  return fake;
}

async function requestOf(inputs: Record<string, string>) {
  const [request] = (await run({ inputs })).requests;
  if (request === undefined) throw new Error('nothing was built');
  return request;
}

describe('a question', () => {
  it('is answered in the log, its warnings at their places, and fails the step where it says so', async () => {
    const fake = await run({ inputs: { call: 'check' } }, 1);
    expect(fake.notes).toEqual([
      expect.objectContaining({ level: 'warning', message: 'a warning of check' }),
      expect.objectContaining({ level: 'error' }),
    ]);
    expect(fake.lines.join('\n')).toContain('answer');
    expect(workflowCommands(fake.lines.join('\n'))).toEqual([]);
    expect(fake.outputs.size).toBe(0);
  });

  it('leaves the step as it is where there is nothing to say', async () => {
    const fake = await run({ inputs: { call: 'targets,format=json', push: 'true' } });
    expect(fake.requests).toHaveLength(1);
  });
});

describe('the request', () => {
  it('has the defaults of action.yml: the workspace, and no push', async () => {
    const declared = INPUT_OPTIONS.map(({ input }): [string, string] => [input.name, input.initial ?? '']);
    for (const inputs of [{}, Object.fromEntries(declared)]) {
      expect(await requestOf(inputs)).toMatchObject({
        spec: {
          context: { kind: 'directory', path: workspace },
          dockerfile: { name: join(workspace, 'Dockerfile') },
          platform: { os: 'linux', architecture: 'amd64' },
        },
        outputs: { tags: [], push: false },
        isolation: 'auto',
      });
    }
  });

  it('reads inputs as build-push-action does', async () => {
    mkdirSync(join(workspace, 'app'));
    writeFileSync(join(workspace, 'app/Other'), 'FROM scratch\n');
    const request = await requestOf({
      context: 'app',
      file: 'Other',
      tags: 'ghcr.io/Me/app:1, ghcr.io/Me/app:2\n# ghcr.io/me/app:3\nexample.com/x',
      destination: 'example.com/y',
      push: 'True',
      'build-args': 'A=1,2\n"B=x\ny"\nA_B={"k":"v"}',
      labels: 'org.opencontainers.image.title=a, b\nempty',
      target: 'final',
      platforms: 'linux/arm64',
      'no-cache': 'true',
      'registry-map': 'a=b;c=d',
    });
    expect(request.spec).toMatchObject({
      context: { path: join(workspace, 'app') },
      dockerfile: { name: join(workspace, 'app/Other') },
      buildArgs: { A: '1,2', B: 'x\ny', A_B: '{"k":"v"}' },
      labels: { 'org.opencontainers.image.title': 'a, b', empty: '' },
      target: 'final',
      platform: { os: 'linux', architecture: 'arm64' },
    });
    expect(request.outputs).toMatchObject({
      tags: ['ghcr.io/me/app:1', 'ghcr.io/me/app:2', 'example.com/x', 'example.com/y'],
      push: true,
    });
    expect(request.registries.registryMap).toEqual({ a: ['b'], c: ['d'] });
  });

  it('takes the template of the default context, with a directory', async () => {
    mkdirSync(join(workspace, 'sub'));
    writeFileSync(join(workspace, 'sub/Containerfile'), 'FROM scratch\n');
    expect((await requestOf({ context: '{{defaultContext}}' })).spec.context).toMatchObject({
      path: workspace,
    });
    expect((await requestOf({ context: '{{ defaultContext }}:sub' })).spec).toMatchObject({
      context: { path: join(workspace, 'sub') },
      dockerfile: { name: join(workspace, 'sub/Containerfile') },
    });
  });

  it('names the checkout that is missing', async () => {
    rmSync(join(workspace, 'Dockerfile'));
    const { notes } = await run({}, 66);
    expect(notes[0]?.message).toMatch(/is empty\nhint: run actions\/checkout/);
  });
});

describe('the token for git repositories', () => {
  it('is for the server of the runner, and hidden', async () => {
    const inputs = { 'github-token': 'ghs_token', context: 'https://github.com/o/r.git' };
    const fake = await run({ inputs });
    expect(fake.requests[0]?.gitTokens).toEqual([{ host: 'github.com', token: 'ghs_token' }]);
    expect(fake.masks).toContain('ghs_token');
    expect(fake.masks).toContain(Buffer.from('x-access-token:ghs_token').toString('base64'));
    const other = fakeRunner({ cwd: workspace, inputs });
    await main({ ...env, GITHUB_SERVER_URL: 'https://ghe.example:8443' }, other.ports);
    expect(other.requests[0]?.gitTokens).toEqual([{ host: 'ghe.example:8443', token: 'ghs_token' }]);
  });

  it('goes without saying', async () => {
    expect((await run({})).requests[0]?.gitTokens).toEqual([]);
  });
});

describe('named contexts', () => {
  it('may lie in the default context', async () => {
    const request = await requestOf({
      'build-contexts': 'app={{defaultContext}}:app\nalpine=docker-image://alpine:3',
    });
    expect(request.spec.contexts).toEqual([
      { name: 'app', source: { kind: 'directory', path: join(workspace, 'app') } },
      { name: 'alpine', source: { kind: 'image', reference: 'alpine:3' } },
    ]);
  });
});

describe('credentials', () => {
  it('reach the build, and are hidden first: whole, by line, and as in a header', async () => {
    const fake = await run({
      inputs: {
        registry: 'ghcr.io',
        username: 'me',
        password: 'line one\nline two',
        'registry-auth': '- registry: r.example\n  username: you\n  password: other-secret',
      },
    });
    expect(fake.requests[0]?.credentials).toEqual([
      { registry: 'r.example', username: 'you', password: 'other-secret' },
      { registry: 'ghcr.io', username: 'me', password: 'line one\nline two' },
    ]);
    const headers = ['me:line one\nline two', 'you:other-secret'].map((pair) =>
      Buffer.from(pair).toString('base64'),
    );
    expect(new Set(fake.masks)).toEqual(
      new Set(['line one\nline two', 'line one', 'line two', 'other-secret', ...headers]),
    );
    expect(JSON.stringify([fake.lines, fake.summaries, [...fake.outputs]])).not.toMatch(
      /other-secret|line one/,
    );
  });

  it('of the job count for ghcr.io where there are no others, hidden as they are', async () => {
    const fake = await run({ inputs: { 'github-token': 'ghs_token' } });
    expect(fake.requests[0]?.credentials).toEqual([
      {
        registry: 'ghcr.io',
        username: 'x-access-token',
        password: 'ghs_token',
        implied: true,
        origin: 'the input github-token',
      },
    ]);
    expect(fake.masks).toContain('ghs_token');
  });

  it('are hidden whole and line by line where they are for RUN, and no note tells what is none', async () => {
    const secrets = '"key=first line\nsecond line"\ntoken=a=b\nnonsense-value';
    const fake = await run({ inputs: { secrets } });
    expect(fake.masks).toEqual(
      expect.arrayContaining(['first line\nsecond line', 'first line', 'second line', 'a=b']),
    );
    expect(fake.requests[0]?.secrets?.map(({ id }) => id)).toEqual(['key', 'token']);
    expect(fake.notes.map(({ message }) => message)).toEqual([
      'entry 3 of the input secrets is no secret: write it as ID=value',
    ]);
  });

  it('of caches are hidden, also where the cache cannot be read', async () => {
    const caches = { 'cache-from': 'type=gha,token=from-secret', 'cache-to': 'type=gha,"token=to,secret' };
    const fake = await run({ inputs: caches }, 64);
    expect(fake.masks).toEqual(expect.arrayContaining(['from-secret', 'to,secret']));
    expect(JSON.stringify([fake.lines, fake.notes, fake.summaries])).not.toMatch(/from-secret|to,secret/);
  });

  it.each([
    ['given as it is', { 'cache-signing-key': 'signing-key-one\nsigning-key-two' }],
    ['of a variable', { 'cache-signing-key': 'env=SIGNING' }],
    ['of the usual variable', {}],
  ])('are hidden where they sign the cache, %s', async (_, more) => {
    const key = 'signing-key-one\nsigning-key-two';
    Object.assign(env, { SIGNING: key, TS_KANIKO_CACHE_KEY: key });
    const fake = await run({ inputs: { cache: 'true', ...more } });
    expect(fake.requests[0]?.cache?.signingKey).toBe(key);
    expect(fake.masks).toEqual(expect.arrayContaining([key, 'signing-key-one', 'signing-key-two']));
    expect(JSON.stringify([fake.lines, fake.summaries, [...fake.outputs]])).not.toContain('signing-key');
  });

  it('are hidden even where they are refused', async () => {
    const fake = await run({ inputs: { 'cache-signing-key': 'tooshort' } }, 64);
    expect(fake.masks).toContain('tooshort');
    expect(JSON.stringify([fake.lines, fake.notes])).not.toContain('tooshort');
  });

  it('are hidden even where they are half', async () => {
    const fake = await run({ inputs: { password: 'lonely-secret' } }, 64);
    expect(fake.masks).toContain('lonely-secret');
    expect(JSON.stringify([fake.lines, fake.notes])).not.toContain('lonely-secret');
  });
});

describe('what is refused', () => {
  const refused = INPUT_OPTIONS.filter(({ treatment }) => treatment === 'refused');

  it.each(refused.map(({ input }) => input.name))('%s by its name', async (name) => {
    const isFlag = refused.find(({ input }) => input.name === name)?.input.kind === 'flag';
    const fake = await run({ inputs: { [name]: isFlag ? 'true' : 'x' } }, 69);
    expect(fake.notes[0]?.message).toContain(`the input ${name} is not supported\nhint: `);
    expect([fake.requests, fake.state.has('scratch')]).toEqual([[], false]);
  });

  it('but not where the value asks for nothing', async () => {
    for (const { input, inert = [] } of refused)
      for (const value of inert) await run({ inputs: { [input.name]: value } });
    const fake = await run({ inputs: { allow: 'network.host,network.host', load: 'False' } });
    expect(fake.notes).toEqual([]);
  });

  it.each([
    [{ push: 'yes' }, 64, 'input push'],
    [{ push: 'true' }, 64, 'nowhere to push'],
    [{ tags: '"a' }, 64, 'input tags'],
    [{ platforms: 'linux/amd64,linux/arm64', 'tar-path': 'x' }, 69, 'one platform'],
    [{ outputs: 'type=docker' }, 69, 'loaded into docker'],
    [{ compression: 'estargz' }, 69, 'estargz'],
    [{ file: 'missing' }, 66, 'failed to read dockerfile'],
    [{ context: 's3://bucket/key' }, 69, 'not supported'],
    [{ allow: 'network.host,security.insecure' }, 69, 'allow'],
    [{ isolation: 'vm' }, 64, 'isolation'],
  ])('%j ends with %i', async (inputs, status, text) => {
    const { notes } = await run({ inputs: inputs as Record<string, string> }, status);
    expect(notes[0]?.message).toContain(text);
  });

  it('inputs without effect are told of once, those that lose something as a warning', async () => {
    const fake = await run({ inputs: { builder: 'x', 'cgroup-parent': 'p' } });
    expect(fake.notes.map(({ message }) => message)).toEqual([
      'the input cgroup-parent has no effect: RUN stays in the cgroup of this job',
    ]);
    const debugged = await run({ inputs: { builder: 'x' }, runner: { isDebug: () => true } });
    expect(debugged.lines[0]).toBe('debug: the input builder has no effect: there is no buildx');
  });
});

describe('a build that made an image', () => {
  const destinations = [
    { reference: 'ghcr.io/me/app:1', digest: DIGEST },
    { reference: 'example.com/x', digest: DIGEST },
  ];
  const inputs = { tags: 'ghcr.io/me/app:1\nexample.com/x', push: 'true', 'digest-file': 'out/digest' };

  it('sets every output', async () => {
    const fake = await run({ inputs, build: () => buildResult({ destinations, tarPath: '/x.tar' }) });
    expect([...fake.outputs.keys()]).toEqual(OUTPUT_VALUES.map(({ name }) => name));
    const { metadata, ...rest } = Object.fromEntries(fake.outputs);
    expect(rest).toEqual({
      digest: DIGEST,
      imageid: IMAGE_ID,
      image: `ghcr.io/me/app@${DIGEST}`,
      images: JSON.stringify([`ghcr.io/me/app:1@${DIGEST}`, `example.com/x@${DIGEST}`]),
      tags: 'ghcr.io/me/app:1\nexample.com/x',
      'image-with-tag': 'ghcr.io/me/app:1',
      'registry-paths': '["ghcr.io/me/app:1","example.com/x"]',
      pushed: 'true',
      platforms: 'linux/amd64',
      size: '27001500',
      'config-digest': IMAGE_ID,
      'cache-hit': '',
      'cache-stats': '',
      'tar-path': '/x.tar',
      'oci-layout-path': '',
    });
    expect(JSON.parse(metadata ?? '')).toMatchObject({ 'containerimage.digest': DIGEST });
    expect(readFileSync(join(workspace, 'out/digest'), 'utf8')).toBe(DIGEST);
  });

  it.each([
    { hits: [true, true], hit: 'true' },
    { hits: [true, false], hit: 'false' },
  ])('tells what the cache did: $hits', async ({ hits, hit }) => {
    const steps = hits.map((one, at) => ({ name: `0 ${at} run`, hit: one, milliseconds: 5, bytes: 7 }));
    const fetched = { bases: 1, cache: 2 };
    const { outputs } = await run({ build: () => buildResult({ cache: { steps, fetched } }) });
    expect(outputs.get('cache-hit')).toBe(hit);
    expect(JSON.parse(outputs.get('cache-stats') ?? '')).toEqual({
      hits: hits.filter(Boolean).length,
      misses: hits.filter((one) => !one).length,
      savedBytes: 7 * hits.filter(Boolean).length,
      savedMilliseconds: 5 * hits.filter(Boolean).length,
      steps,
      fetched,
    });
    expect(JSON.parse(outputs.get('metadata') ?? '')).toMatchObject({
      'ts-kaniko.cache': JSON.parse(outputs.get('cache-stats') ?? '') as unknown,
    });
  });

  it('has nothing to name where there are no tags', async () => {
    const { outputs } = await run({});
    expect(['image', 'images', 'tags', 'pushed', 'digest'].map((name) => outputs.get(name))).toEqual([
      '',
      '[]',
      '',
      'false',
      DIGEST,
    ]);
  });

  it('folds what it says of the image', async () => {
    const { lines } = await run({ inputs });
    expect(lines.slice(0, 6)).toEqual([
      '::group::ImageID',
      IMAGE_ID,
      '::endgroup::',
      '::group::Digest',
      DIGEST,
      '::endgroup::',
    ]);
  });

  it('writes a summary in which nothing from outside is HTML or Markdown', async () => {
    const evil = '<img src=x> [a](b) `c` **d** | @e';
    const fake = await run({
      inputs,
      build: (_, { reporter }) => {
        const label = { stage: evil, index: 1, total: 1, text: `RUN ${evil}`, line: 1 };
        reporter.stepFinished(label, { state: 'done', milliseconds: 2_000, layerBytes: 1_500 });
        reporter.stepFinished(label, { state: 'cached', milliseconds: 1 });
        return buildResult({ destinations });
      },
    });
    const [summary = ''] = fake.summaries;
    expect(summary).toContain(DIGEST.replace(':', '&#58;'));
    expect(summary).toContain('<td>built</td><td>2.0s</td><td>1.5 kB</td>');
    expect(summary).toContain('<td>cached</td><td></td><td></td>');
    expect(summary).not.toMatch(/<img|\[a\]|`c`|\*\*d|@e/);
  });

  it('shows in the summary what the cache did, and what it saved', async () => {
    const steps = [
      { name: 'stage-0 1 RUN', hit: true, milliseconds: 61_000, bytes: 1_500 },
      { name: 'stage-0 2 COPY', hit: false, milliseconds: 100, bytes: 0, changed: ['content of <a>'] },
    ];
    const cache = { steps, fetched: { bases: 0, cache: 2_000 } };
    const { summaries } = await run({ inputs, build: () => buildResult({ destinations, cache }) });
    const [summary = ''] = summaries;
    expect(summary).toContain('Layer cache: 1 of 2 steps, 1.5 kB and 1m01s saved');
    expect(summary).toContain('<td>hit</td><td>1m01s saved</td><td>1.5 kB</td><td></td>');
    expect(summary).toContain('<td>miss</td><td>0.1s</td><td></td><td>content of &#60;a&#62;</td>');
    expect((await run({ inputs })).summaries[0]).not.toContain('Layer cache');
  });

  it('writes no summary where that is not wanted, and none of its troubles fails the build', async () => {
    env['DOCKER_BUILD_SUMMARY'] = 'false';
    expect((await run({})).summaries).toEqual([]);
    env['DOCKER_BUILD_SUMMARY'] = 'true';
    const fake = await run({ runner: { summarise: () => Promise.reject(new Error('too large')) } });
    expect(fake.notes).toEqual([{ level: 'warning', message: 'no summary: too large' }]);
  });
});

describe('a build that failed', () => {
  const location = { file: 'Dockerfile', line: 3, column: 1, endLine: 4, excerpt: '>>> RUN ::add-mask::a' };

  it('is told in the log, as an annotation at its place, in the summary, and sets no output', async () => {
    const fake = await run(
      {
        inputs: { 'digest-file': 'digest' },
        build: () => {
          throw new BuildError('RUN_FAILED', 'exit status 7', { exitStatus: 7, location, hint: 'look' });
        },
      },
      7,
    );
    expect(fake.notes).toEqual([
      {
        level: 'error',
        message: 'exit status 7\nhint: look',
        place: { file: 'Dockerfile', startLine: 3, endLine: 4 },
      },
    ]);
    expect(fake.lines.slice(0, 2)).toEqual(['Dockerfile:3-4', '>>> RUN ::add-mask::a']);
    expect(fake.summaries[0]).toContain('Image not built');
    expect(fake.outputs.size).toBe(0);
    expect(existsSync(join(workspace, 'digest'))).toBe(false);
  });

  it('is annotated at no place outside the workspace', async () => {
    for (const file of ['/etc/passwd', '../x']) {
      const build = () => {
        throw new BuildError('DOCKERFILE_SYNTAX', 'bad', { location: { ...location, file } });
      };
      expect((await run({ build }, 65)).notes).toEqual([{ level: 'error', message: 'bad' }]);
    }
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ])('by %s ends with %i, its scratch known to the post step', async (name, status) => {
    const fake = fakeRunner({
      cwd: workspace,
      build: (_, { signal, onScratch }) => {
        onScratch?.('/temp/ts-kaniko-1');
        fake.signals.emit(name);
        signal.throwIfAborted();
        return buildResult();
      },
    });
    expect(await main(env, fake.ports)).toBe(status);
    expect(fake.state.get('scratch')).toBe('/temp/ts-kaniko-1');
    expect(fake.signals.eventNames()).toEqual([]);
  });

  it('ends at once by a second signal', async () => {
    const fake = fakeRunner({
      cwd: workspace,
      build: () => {
        fake.signals.emit('SIGINT');
        fake.signals.emit('SIGTERM');
        return buildResult();
      },
    });
    await main(env, fake.ports);
    expect(fake.exits).toEqual([143]);
  });
});

describe('what a build reports', () => {
  it('is no workflow command, and a warning is an annotation at its place', async () => {
    const fake = await run({
      build: (_, { reporter }) => {
        reporter.info('::add-mask::a\n##[add-mask]a');
        reporter.warn('old form', { file: join(workspace, 'Dockerfile'), line: 2, column: 1, endLine: 2 });
        return buildResult();
      },
    });
    const own = fake.lines.filter((line) => !/^::(group|endgroup)::/.test(line));
    expect(workflowCommands(own.join('\n'))).toEqual([]);
    expect(fake.notes).toEqual([
      { level: 'warning', message: 'old form', place: { file: 'Dockerfile', startLine: 2, endLine: 2 } },
    ]);
  });

  it('of the machine comes in place of a build', async () => {
    const fake = await run({ inputs: { doctor: 'true', 'scratch-dir': 'dir' } });
    expect(fake.requests).toEqual([]);
    expect(fake.lines).toEqual(['scratch', `: :add-mask::${join(workspace, 'dir')}`]);
  });
});

describe('scratch space', () => {
  const left = '/temp/ts-kaniko-abcdef';

  it('is where the input says, and else where the build finds a place, of which the post step is told', async () => {
    const fake = await run({
      build: (_, { onScratch }) => {
        onScratch?.(left);
        return buildResult();
      },
    });
    expect([fake.requests[0]?.scratchParent, fake.state.get('scratch')]).toEqual([undefined, left]);
    expect([fake.swept, fake.state.get('started')]).toEqual([[], 'true']);
    expect((await requestOf({ 'scratch-dir': 'here' })).scratchParent).toBe(join(workspace, 'here'));
  });

  it('of a killed build is looked for by the post step, which builds nothing', async () => {
    const fake = await run({ state: { started: 'true', scratch: left } });
    expect([fake.swept, fake.requests, fake.outputs.size]).toEqual([['/temp'], [], 0]);
  });

  it('is not looked for where there is no word of it', async () => {
    for (const scratch of ['', 'ts-kaniko-1', '..']) {
      const fake = await run({ state: { started: 'true', scratch } });
      expect(fake.swept).toEqual([]);
    }
  });

  it('fails no job in the post step', async () => {
    const fake = await run({
      state: { started: 'true', scratch: left },
      sweepScratch: () => Promise.reject(new Error('busy')),
    });
    expect(fake.notes).toMatchObject([{ level: 'warning', message: expect.stringContaining('busy') }]);
  });
});

describe('images that are there already', () => {
  it('are pushed, or joined, in place of a build', async () => {
    const tags = 'h/a:1';
    const pushed = await run({ inputs: { 'source-path': 'image.tar', tags } });
    expect([pushed.requests, pushed.outputs.get('digest'), pushed.outputs.get('tags')]).toEqual([
      [],
      DIGEST,
      tags,
    ]);
    const merged = await run({ inputs: { digests: `${DIGEST}\nh/a:2`, tags } });
    expect([merged.requests, merged.outputs.get('image')]).toEqual([[], `h/a@${DIGEST}`]);
  });

  it.each([
    [{ 'source-path': 'x', digests: DIGEST, tags: 'h/a:1' }, 'exclude each other'],
    [{ digests: DIGEST }, 'nowhere to push'],
  ])('%j is refused', async (inputs, text) => {
    const { notes } = await run({ inputs: inputs as Record<string, string> }, 64);
    expect(notes[0]?.message).toContain(text);
  });
});
