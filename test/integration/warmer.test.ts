import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runBuild, runWarmer } from '../../src/builder/index.ts';
import { main } from '../../src/cli/main.ts';
import { openLayout, readImage } from '../../src/image/index.ts';
import { platformOfMachine } from '../../src/oci/index.ts';
import { openSite, writeFiles, type BuildSite } from '../support/build-site.ts';
import { fakeCli } from '../support/fake-cli.ts';
import { startRegistry, type RunningRegistry } from '../support/registry/index.ts';

/** The registry of this site has the base images, another one takes what is built. */
let site: BuildSite;
let target: RunningRegistry;
beforeAll(async () => {
  site = await openSite();
  target = await startRegistry();
});
afterAll(async () => {
  await target.close();
  await site.close();
});

let count = 0;
const fresh = (): string => join(site.directory, `warm${count++}`);

/** What was asked of the registry of the bases by a command. */
async function cli(...argv: readonly string[]) {
  const fake = fakeCli(site.directory);
  const before = site.registry.requests.length;
  const insecure = [site.registry.host, target.host].flatMap((host) => ['--insecure-registry', host]);
  const env = { HOME: '/nonexistent', PATH: process.env['PATH'], TMPDIR: site.directory };
  const status = await main([...argv, ...insecure], env, { ...fake.ports, runBuild, runWarmer });
  const asked = site.registry.requests.slice(before).map(({ method, path }) => `${method} ${path}`);
  return { status, err: fake.err(), out: fake.out(), asked };
}

const warm = (directory: string, ...argv: readonly string[]) =>
  cli('warmer', '--cache-dir', directory, ...argv);

/** Builds upon a base and pushes that to the other registry. */
function buildUpon(base: string, directory: string) {
  const context = fresh();
  writeFiles(context, { Dockerfile: `FROM ${base}\nCOPY a.txt /a\nRUN cat /a > /b\n`, 'a.txt': 'a\n' });
  const destination = `${target.host}/out/${count++}:1`;
  return cli('--context', context, '--destination', destination, '--cache-dir', directory);
}

/** The same command as a process of its own. */
function warmProcess(directory: string, image: string) {
  const program = fileURLToPath(import.meta.resolve('../../src/cli/index.ts'));
  const words = [
    'warmer',
    '--cache-dir',
    directory,
    '--image',
    image,
    '--insecure-registry',
    site.registry.host,
  ];
  const started = spawn(process.execPath, [program, ...words], {
    env: { HOME: '/nonexistent' },
    stdio: 'ignore',
  });
  return { process: started, status: once(started, 'close').then(([code]: unknown[]) => code) };
}

const digestOf = async (name: string): Promise<string> => {
  const { json } = await warmJson(fresh(), '--image', name);
  return json.images[0]?.digest ?? '';
};
async function warmJson(directory: string, ...argv: readonly string[]) {
  const { out, ...rest } = await warm(directory, ...argv, '--json');
  const json = JSON.parse(out) as {
    readonly images: readonly { readonly reference: string; readonly digest: string }[];
    readonly removed: readonly string[];
  };
  return { ...rest, json };
}
const blobs = (directory: string): string[] => readdirSync(join(directory, 'bases/blobs/sha256'));
const biggest = (directory: string): string =>
  blobs(directory)
    .map((name) => join(directory, 'bases/blobs/sha256', name))
    .toSorted((a, b) => statSync(b).size - statSync(a).size)[0] ?? '';
function damage(path: string): void {
  const bytes = readFileSync(path);
  bytes[20] = (bytes[20] ?? 0) ^ 1;
  writeFileSync(path, bytes);
}
const named = (directory: string): string[] => {
  const { manifests } = JSON.parse(readFileSync(join(directory, 'bases/index.json'), 'utf8')) as {
    readonly manifests: readonly { readonly annotations: Record<string, string> }[];
  };
  return manifests.map(({ annotations }) => annotations['org.opencontainers.image.ref.name'] ?? '');
};

describe('a build upon a base that was warmed', () => {
  it('asks the registry nothing where the base is named by digest', async () => {
    const directory = fresh();
    const pinned = `${site.base}@${await digestOf(site.base)}`;
    const warmed = await warm(directory, '--image', pinned);
    expect([warmed.status, warmed.err]).toEqual([0, expect.stringContaining(' fetched, 0 B there already')]);
    const { status, asked } = await buildUpon(pinned, directory);
    expect([status, asked]).toEqual([0, []]);
  });

  it('asks the registry what the tag names, and nothing more', async () => {
    const directory = fresh();
    await warm(directory, '--image', site.base);
    const { status, asked } = await buildUpon(site.base, directory);
    expect(status).toBe(0);
    expect(asked.filter((line) => line !== 'GET /v2/')).toEqual(['GET /v2/base/manifests/1']);
  });

  it('takes its platform out of an index of which nothing else was fetched', async () => {
    const directory = fresh();
    const index = `${site.registry.host}/several:1`;
    const own = platformOfMachine(process.arch);
    const other = own.architecture === 'arm64' ? 'amd64' : 'arm64';
    await site.build('FROM scratch\nARG TARGETARCH\nCOPY $TARGETARCH /which', {
      files: { amd64: 'one', arm64: 'two' },
      platforms: [`linux/${own.architecture}`, `linux/${other}`],
      outputs: { tags: [index] },
    });
    const pinned = `${index}@${(await warmJson(directory, '-i', index)).json.images[0]?.digest ?? ''}`;
    // The index, a manifest, a config and a layer.
    expect(blobs(directory)).toHaveLength(4);
    const context = fresh();
    writeFiles(context, { Dockerfile: `FROM ${pinned}\nCOPY Dockerfile /\n` });
    const built = await cli('-c', context, '-d', `${target.host}/several:1`, '--cache-dir', directory);
    expect([built.status, built.asked]).toEqual([0, []]);
    const elsewhere = await warm(directory, '-i', index, '--platform', `linux/${other}`);
    expect([elsewhere.status, blobs(directory).length]).toEqual([0, 7]);
    expect(named(directory)).toEqual([index]);
  });

  it.each(['a layer', 'a manifest', 'everything'])('is the same where %s of it is damaged', async (what) => {
    const directory = fresh();
    const digest = await digestOf(site.base);
    await warm(directory, '--image', site.base);
    const all = blobs(directory).map((name) => join(directory, 'bases/blobs/sha256', name));
    const bad = { 'a layer': [biggest(directory)], everything: all }[what] ?? [
      join(directory, 'bases/blobs/sha256', digest.slice(7)),
    ];
    for (const path of bad) damage(path);
    const built = await buildUpon(`${site.base}@${digest}`, directory);
    expect(built.status).toBe(0);
    expect(built.err).toContain(`warning: base images in ${join(directory, 'bases')}: `);
    expect(built.asked.length).toBeGreaterThan(0);
  });

  it('changes nothing in the directory, and none is made', async () => {
    const directory = fresh();
    expect((await buildUpon(site.base, directory)).status).toBe(0);
    expect(readdirSync(site.directory)).not.toContain(directory.slice(site.directory.length + 1));
    await warm(directory, '--image', site.base);
    const before = blobs(directory).length;
    await buildUpon(`${site.registry.host}/several:1`, directory);
    expect([readdirSync(directory), blobs(directory).length]).toEqual([['bases'], before]);
  });
});

describe('warmer', () => {
  it('fetches once, and again with --force: what was damaged is whole then', async () => {
    const directory = fresh();
    await warm(directory, '--image', site.base);
    const again = await warm(directory, '--image', site.base);
    expect(again.asked.filter((line) => line.includes('/blobs/'))).toEqual([]);
    const layer = biggest(directory);
    const whole = readFileSync(layer);
    damage(layer);
    const forced = await warm(directory, '--image', site.base, '--force');
    expect(forced.asked.filter((line) => line.includes('/blobs/'))).toHaveLength(2);
    expect(readFileSync(layer).equals(whole)).toBe(true);
  });

  it('leaves an OCI layout that others can read by name', async () => {
    const directory = fresh();
    await warm(directory, '--image', site.base);
    const { source, root } = await openLayout({ directory: join(directory, 'bases'), tag: '1' });
    const image = await readImage(source, root, platformOfMachine(process.arch));
    expect(image.layers).toHaveLength(1);
  });

  it('fetches the images of a Dockerfile: of all stages, of --from, with build arguments', async () => {
    const directory = fresh();
    const [one, two, three] = ['one', 'two', 'three'].map((name) => `${site.registry.host}/${name}:1`);
    for (const tag of [one, two, three])
      await site.build(`FROM base\nLABEL a=${tag}`, { outputs: { tags: [tag ?? ''] } });
    const file = join(site.directory, 'Warm');
    const text = [
      `ARG BASE=${site.registry.host}/none:1`,
      'FROM $BASE AS unused',
      `FROM ${two}`,
      `COPY --from=${three} /bin/sh /sh`,
    ];
    writeFileSync(file, text.join('\n'));
    const { status } = await warm(directory, '-d', file, '--build-arg', `BASE=${one}`);
    expect([status, named(directory)]).toEqual([0, [one, three, two].toSorted()]);
  });

  it('fetches what it can, and fails for what it cannot', async () => {
    const directory = fresh();
    const missing = `${site.registry.host}/missing:1`;
    const { status, err } = await warm(directory, '--image', missing, '--image', site.base);
    expect([status, named(directory)]).toEqual([66, [site.base]]);
    expect(err).toContain('missing');
  });

  it('of many processes at the same time loses nothing, whoever of them is killed', async () => {
    const directory = fresh();
    const tags = Array.from({ length: 3 }, (_, at) => `${site.registry.host}/many${at}:1`);
    for (const tag of tags) await site.build(`FROM base\nLABEL a=${tag}`, { outputs: { tags: [tag] } });
    const killed = warmProcess(directory, site.base);
    const others = tags.map((tag) => warmProcess(directory, tag));
    while (!readdirSync(site.directory).includes(basename(directory))) await delay(20);
    killed.process.kill('SIGKILL');
    expect(await Promise.all(others.map(({ status }) => status))).toEqual(tags.map(() => 0));
    await killed.status;
    expect(named(directory).filter((name) => name !== site.base)).toEqual(tags);
    const built = await buildUpon(tags[0] ?? '', directory);
    expect([built.status, built.asked.filter((line) => line.includes('/blobs/'))]).toEqual([0, []]);
    // All of them have the layer of the base.
    const { json } = await warmJson(directory, '--image', site.base);
    expect(json.images).toMatchObject([{ reference: site.base, fetchedBytes: 0 }]);
  }, 300_000);

  it('removes with --cache-ttl what nobody asked for since, and nothing that others need', async () => {
    const directory = fresh();
    const other = `${site.registry.host}/old:1`;
    await site.build('FROM base\nCOPY a /a', { files: { a: 'old' }, outputs: { tags: [other] } });
    await warm(directory, '--image', other);
    await delay(1100);
    expect((await warmJson(directory, '--image', site.base)).json.removed).toEqual([]);
    const { json } = await warmJson(directory, '--image', site.base, '--cache-ttl', '1s');
    expect(json.removed).toEqual([expect.stringContaining(other)]);
    // A manifest, a config and the layer that both images have.
    expect([named(directory), blobs(directory).length]).toEqual([[site.base], 3]);
    const pinned = `${site.base}@${json.images[0]?.digest ?? ''}`;
    expect((await buildUpon(pinned, directory)).asked).toEqual([]);
  });

  it('puts up with a directory that somebody filled with other things', async () => {
    const directory = fresh();
    mkdirSync(join(directory, 'bases/ts-kaniko'), { recursive: true });
    writeFileSync(join(directory, 'bases/ts-kaniko', 'a'.repeat(64)), 'not JSON');
    expect((await warm(directory, '--image', site.base)).status).toBe(0);
    writeFileSync(join(directory, 'bases/index.json'), 'not JSON');
    const built = await buildUpon(site.base, directory);
    expect([built.status, built.err]).toEqual([0, expect.stringContaining('are not used')]);
    rmSync(join(directory, 'bases/blobs'), { recursive: true });
  });
});
