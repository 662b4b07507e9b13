import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Digest } from '../../src/oci/index.ts';
import { makeAccount, noAccount, type Account } from '../support/e2e/account.ts';
import { startCountingProxy } from '../support/e2e/counting-proxy.ts';
import { debianLayout, noDebian } from '../support/e2e/debian-base.ts';
import { succeed } from '../support/e2e/execute.ts';
import { nginxContext } from '../support/e2e/nginx-image.ts';
import { nginxTarball } from '../support/e2e/nginx-source.ts';
import { installProgram, type Program } from '../support/e2e/program.ts';
import { REGISTRY_TOOLS, startTestRegistry, type TestRegistry } from '../support/e2e/registry.ts';
import { missing, titled } from '../support/e2e/requirements.ts';
import { askImage, SERVE_TOOLS } from '../support/e2e/serve.ts';
import { verifyPushed, VERIFY_TOOLS } from '../support/e2e/verify.ts';
import { makeWorkplace, type Workplace } from '../support/e2e/workplace.ts';

const tools = [...REGISTRY_TOOLS, ...VERIFY_TOOLS, ...SERVE_TOOLS];
const reason = missing({ root: true, tools }) ?? (await noDebian());

let program: Program;
let registry: TestRegistry;
let tarball: string;

/** What the image has to be, whoever built it. */
async function expectNginx(name: string, digest: Digest): Promise<void> {
  expect(await registry.digestOf(name, '1')).toBe(digest);
  const image = `${registry.host}/${name}:1`;
  const inspect = ['inspect', '--config', '--tls-verify=false', `docker://${image}`];
  const { config } = JSON.parse(await succeed('skopeo', inspect)) as { config: unknown };
  expect(config).toMatchObject({
    Cmd: ['./sbin/nginx', '-g', 'daemon off;'],
    WorkingDir: '/app/nginx',
    ExposedPorts: { '80/tcp': {} },
  });
  const { unpacked } = await verifyPushed(image, digest);
  try {
    const answer = await askImage(unpacked, 'http://127.0.0.1/');
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\nServer: nginx\//);
    expect(answer).toContain('<h1>Welcome to nginx!</h1>');
  } finally {
    unpacked.remove();
  }
}

async function buildByCli(name: string, account?: Account, flags: readonly string[] = []): Promise<void> {
  const place = makeWorkplace(nginxContext(tarball), account);
  try {
    const digestFile = place.output('digest');
    const { status, stderr } = await program.cli(
      [
        ...['--context', `dir://${place.context}`, '--destination', `${registry.host}/${name}:1`],
        ...['--digest-file', digestFile, ...registry.flags, ...flags],
      ],
      { as: account, home: place.home, env: { TMPDIR: place.scratch } },
    );
    expect(status, stderr).toBe(0);
    expect(place.leftovers()).toEqual([]);
    await expectNginx(name, readFileSync(digestFile, 'utf8') as Digest);
  } finally {
    place.remove();
  }
}

/** The outputs of a step, as GITHUB_OUTPUT has them: name<<delimiter, lines of the value, delimiter. */
function stepOutputs(file: string): Map<string, string> {
  const entries = readFileSync(file, 'utf8').matchAll(/^(\S+)<<(\S+)\n([^]*?)\n?^\2$/gm);
  return new Map([...entries].map(([, name = '', , value = '']) => [name, value]));
}

function runnerEnv(place: Workplace, inputs: Readonly<Record<string, string>>): Record<string, string> {
  const given = Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]);
  return {
    ...(Object.fromEntries(given) as Record<string, string>),
    GITHUB_ACTIONS: 'true',
    GITHUB_WORKSPACE: place.context,
    GITHUB_OUTPUT: place.output('outputs'),
    GITHUB_STEP_SUMMARY: place.output('summary'),
    GITHUB_STATE: place.output('state'),
    RUNNER_TEMP: place.scratch,
  };
}

describe.skipIf(reason !== undefined)(titled('nginx from source', reason), () => {
  beforeAll(async () => {
    program = installProgram();
    registry = await startTestRegistry();
    await registry.publish(`${await debianLayout()}/layout:debian`, 'library/debian:bookworm');
    tarball = await nginxTarball();
  });
  afterAll(async () => {
    await registry?.close();
    program?.remove();
  });

  it('built as root, pushed, pulled, unpacked and started, answers with its page', () =>
    buildByCli('app/nginx-root', undefined, ['--cache-to', `type=registry,ref=${registry.host}/app/cache`]));

  it('built again on an empty machine, it comes out of the cache without a byte of a layer', async () => {
    const proxy = await startCountingProxy(registry.host);
    const place = makeWorkplace(nginxContext(tarball));
    const page = join(place.context, 'page.html');
    const build = async (title: string): Promise<string[]> => {
      proxy.take();
      const started = performance.now();
      const { status, stderr } = await program.cli(
        [
          ...['--context', `dir://${place.context}`, '--destination', `${proxy.host}/app/nginx-root:1`],
          ...['--registry-map', `docker.io=${proxy.host}`, '--insecure-registry', proxy.host],
          ...['--cache-from', `type=registry,ref=${proxy.host}/app/cache`],
        ],
        { home: place.home, env: { TMPDIR: place.scratch } },
      );
      const milliseconds = Math.round(performance.now() - started);
      expect(status, stderr).toBe(0);
      expect(stderr).toContain('fetched 0 B of base images');
      expect(stderr).not.toContain('isolation:');
      const asked = proxy.take().map(({ method, path }) => `${method} ${path}`);
      console.log(`${title}: ${milliseconds} ms, ${asked.length} requests, load ${loadavg()[0]?.toFixed(1)}`);
      return asked;
    };
    try {
      const digest = await registry.digestOf('app/nginx-root', '1');
      // The cache's index and its records, the base's tag, the destination's tag.
      expect(await build('nginx, nothing changed')).toHaveLength(4);
      expect(await registry.digestOf('app/nginx-root', '1')).toBe(digest);
      appendFileSync(join(place.context, 'Dockerfile'), 'COPY page.html /app/nginx/html/index.html\n');
      writeFileSync(page, 'a page\n');
      const asked = await build('nginx, a file for its last COPY');
      // Besides: headers of the layers below it, the new layer and the config, the manifest and its tag.
      expect(asked.length).toBeLessThanOrEqual(4 + 4 + 3 + 3 + 4);
    } finally {
      place.remove();
      await proxy.close();
    }
  });

  const noUser = noAccount();
  it.skipIf(noUser !== undefined)(
    titled('built by a user without privileges, it answers with its page', noUser),
    async () => {
      const account = await makeAccount();
      try {
        await buildByCli('app/nginx-user', account);
      } finally {
        await account.remove();
      }
    },
  );

  it('built by the action, its outputs have the digest the registry reports', async () => {
    const place = makeWorkplace(nginxContext(tarball));
    try {
      const tag = `${registry.host}/app/nginx-action:1`;
      const env = runnerEnv(place, {
        context: place.context,
        tags: tag,
        push: 'true',
        'registry-map': `docker.io=${registry.host}`,
        'insecure-registry': registry.host,
      });
      const files = ['outputs', 'summary', 'state'].map((name) => place.output(name));
      await succeed('touch', files);
      const { status, stdout } = await program.action(env, { home: place.home, cwd: place.context });
      expect(status, stdout).toBe(0);
      const outputs = stepOutputs(place.output('outputs'));
      const digest = await registry.digestOf('app/nginx-action', '1');
      expect(outputs.get('digest')).toBe(digest);
      expect(outputs.get('image')).toBe(`${registry.host}/app/nginx-action@${digest}`);
      expect(outputs.get('tags')).toBe(tag);
      expect(readFileSync(place.output('summary'), 'utf8')).toContain(digest.slice('sha256:'.length));
      expect(place.leftovers()).toEqual([]);
      await expectNginx('app/nginx-action', digest);
    } finally {
      place.remove();
    }
  });
});
