import { createHmac, generateKeyPairSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { keyOf, keyPart, localCache, recordSeal, type StepRecord } from '../../src/cache/index.ts';
import { memoryStore } from '../../src/content/index.ts';
import type { CacheOptions } from '../../src/request/index.ts';
import { openSite, type BuildSite } from '../support/build-site.ts';

const { signal } = new AbortController();
const SECRET = 'correct horse battery staple';

/** A pair of keys as openssl writes them. */
function keyPair(): { readonly priv: string; readonly pub: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return {
    priv: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    pub: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  };
}
const OURS = keyPair();
const THEIRS = keyPair();

function step(name: string): StepRecord {
  const parts = [keyPart('instruction', name)];
  return { kind: 'step', key: keyOf(parts), parts, created: 1, step: name, time: 1, cost: 1 };
}

describe('an entry of another writer', () => {
  let directory: string;
  beforeEach(() => void (directory = mkdtempSync(join(tmpdir(), 'other-writers-'))));
  afterEach(() => rmSync(directory, { recursive: true }));

  /** What a holder of a key takes out of the directory. */
  const taken = async (key: string | undefined, record: StepRecord) =>
    (await localCache(directory, recordSeal(key)).lookup([record.key], signal)).get(record.key);
  const kept = (key: string | undefined, record: StepRecord) =>
    localCache(directory, recordSeal(key)).save([record], memoryStore(), signal);
  const text = ({ key }: StepRecord): string =>
    readFileSync(join(directory, 'ts-kaniko/records', key), 'utf8');
  const put = ({ key }: StepRecord, content: string): void =>
    writeFileSync(join(directory, 'ts-kaniko/records', key), content);

  it.each([
    ['without a key', undefined],
    ['with another secret', `${SECRET}!`],
    ['with another private key', THEIRS.priv],
  ])('%s is a miss for every holder of a key', async (_, theirs) => {
    const evil = step('evil');
    await kept(theirs, evil);
    for (const ours of [SECRET, OURS.priv, OURS.pub]) expect(await taken(ours, evil)).toBeUndefined();
  });

  it('with our public key as the secret of an HMAC is a miss', async () => {
    const evil = step('evil');
    await kept(undefined, evil);
    const json = JSON.stringify(evil);
    const [, middle = ''] = OURS.pub.split('\n');
    for (const secret of [OURS.pub, OURS.pub.trim(), middle, Buffer.from(middle, 'base64')]) {
      const hex = createHmac('sha256', secret).update(json).digest('hex');
      await kept(OURS.priv, step('good'));
      const [own = ''] = text(step('good')).split(':');
      for (const name of ['hmac-sha256', 'ed25519', own])
        for (const signature of [hex, hex + hex]) {
          put(evil, `${name}:${signature} ${json}`);
          for (const ours of [OURS.priv, OURS.pub]) expect(await taken(ours, evil)).toBeUndefined();
        }
    }
  });

  it('with the signature of another entry, a part of one or none is a miss', async () => {
    const [good, evil] = [step('good'), step('evil')];
    for (const ours of [SECRET, OURS.priv]) {
      await kept(ours, good);
      const [name = '', hex = ''] = text(good).split(' ')[0]?.split(':') ?? [];
      const json = JSON.stringify(evil);
      for (const signature of [hex, hex.slice(0, 64), hex.slice(64), '', '0'.repeat(128), '0'.repeat(64)]) {
        put(evil, `${name}:${signature} ${json}`);
        expect(await taken(ours, evil)).toBeUndefined();
      }
      put(evil, text(good));
      expect(await taken(ours, evil)).toBeUndefined();
      expect(await taken(ours, good)).toEqual(good);
      rmSync(directory, { recursive: true });
      mkdirSync(directory);
    }
  });

  it('that says it is signed in a weaker way is a miss: the key decides', async () => {
    const evil = step('evil');
    await kept(undefined, evil);
    const unsigned = text(evil);
    const names = await Promise.all(
      [SECRET, OURS.priv].map(async (ours) => {
        await kept(ours, step('good'));
        return text(step('good')).split(':')[0] ?? '';
      }),
    );
    for (const name of ['sha256', 'hmac-sha256', 'ed25519', 'none', '', ...names]) {
      put(evil, unsigned.replace(/^sha256/, name));
      for (const ours of [SECRET, OURS.priv, OURS.pub]) expect(await taken(ours, evil)).toBeUndefined();
    }
  });

  it('is one where the private key was ours, for the holders of either half', async () => {
    const good = step('good');
    await kept(OURS.priv, good);
    for (const ours of [OURS.priv, OURS.pub]) expect(await taken(ours, good)).toEqual(good);
    for (const other of [undefined, SECRET, THEIRS.priv, THEIRS.pub])
      expect(await taken(other, good)).toBeUndefined();
  });

  it.each([
    '-----BEGIN PRIVATE KEY-----\nnonsense\n-----END PRIVATE KEY-----',
    generateKeyPairSync('ec', { namedCurve: 'P-256' })
      .privateKey.export({ type: 'pkcs8', format: 'pem' })
      .toString(),
    generateKeyPairSync('x25519').publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  ])('is no question of a key that is none: %#', (pem) => {
    expect(() => recordSeal(pem)).toThrow('no ed25519 key');
    try {
      recordSeal(pem);
    } catch (error) {
      const told = [error, (error as Error).cause].map(String).join('\n');
      expect(told).not.toContain(pem.split('\n')[1]);
    }
  });
});

describe('a build with a signing key', () => {
  let site: BuildSite;
  beforeAll(async () => void (site = await openSite()));
  afterAll(() => site.close());

  let count = 0;
  const cacheIn = (directory: string, signingKey?: string): CacheOptions => {
    const location = { type: 'local', directory } as const;
    const targets = [{ location, mode: 'max' }] as const;
    const use = { take: true, freshStages: [], runLayers: true, copyLayers: true };
    return { sources: [location], targets, ...use, signingKey };
  };
  const fresh = (): string => {
    const directory = join(site.directory, `signed${count++}`);
    mkdirSync(directory);
    return directory;
  };
  const FILE = 'FROM base\nCOPY a /a\nRUN cat /a > /b';
  const build = async (cache: CacheOptions, say?: (text: string) => void) => {
    const reporter = say === undefined ? {} : { info: say, debug: say, warn: say };
    const { cache: report } = await site.build(FILE, { files: { a: 'a' }, cache, reporter });
    return report?.steps.map(({ hit }) => hit);
  };

  it.each([
    ['unsigned', undefined],
    ['signed by somebody else', THEIRS.priv],
  ])('takes nothing of what is %s', async (_, theirs) => {
    const directory = fresh();
    await build(cacheIn(directory, theirs));
    expect(await build(cacheIn(directory, theirs))).toEqual([true, true]);
    for (const ours of [OURS.priv, SECRET]) {
      const own = fresh();
      const cache = { ...cacheIn(own, ours), sources: cacheIn(directory).sources };
      expect(await build(cache)).toEqual([false, false]);
    }
  });

  it('that is public takes what its owner made, and keeps nothing', async () => {
    const directory = fresh();
    await build(cacheIn(directory, OURS.priv));
    const before = readdirSync(directory, { recursive: true }).length;
    const said: string[] = [];
    expect(await build(cacheIn(directory, OURS.pub), (text) => void said.push(text))).toEqual([true, true]);
    expect(said).toContain('cache: nothing is kept, as the signing key is a public one');
    expect(readdirSync(directory, { recursive: true })).toHaveLength(before);
  });

  it('shows it to nobody: no log, no RUN, no file of the cache and none of the image', async () => {
    const directory = fresh();
    const said: string[] = [];
    const note = (text: unknown): void => void said.push(JSON.stringify(text));
    const { result, ...image } = await site.built(
      'FROM base\nRUN (env; cat /proc/*/environ /proc/*/cmdline; ls -l /proc/*/fd) > /seen 2>/dev/null; cat /seen',
      {
        cache: cacheIn(directory, SECRET),
        env: { TS_KANIKO_CACHE_KEY: SECRET, 'INPUT_CACHE-SIGNING-KEY': SECRET },
        reporter: {
          info: note,
          debug: note,
          warn: note,
          stepOutput: (...all) => note(all),
          stepStarted: note,
        },
      },
    );
    const files = readdirSync(directory, { recursive: true, encoding: 'utf8' })
      .map((name) => join(directory, name))
      .filter((path) => statSync(path).isFile());
    const all = [
      ...said,
      JSON.stringify(result),
      JSON.stringify(image.image.config),
      ...files.map((path) => readFileSync(path, 'latin1')),
    ];
    expect(said.join('\n')).toContain('PATH=');
    for (const text of all) {
      expect(text).not.toContain(SECRET);
      expect(text).not.toContain(Buffer.from(SECRET).toString('base64'));
    }
  });
});
