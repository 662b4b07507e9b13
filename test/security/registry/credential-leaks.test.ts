import { randomBytes } from 'node:crypto';
import { afterAll, describe, expect, it } from 'vitest';
import { parseReference } from '../../../src/reference/index.ts';
import { selfSigned } from '../../support/certificate.ts';
import { createCanaries } from '../../support/leaks/canaries.ts';
import { openWrongOrigin, type WrongOrigin } from '../../support/leaks/wrong-origin.ts';
import {
  collect,
  layerOf,
  manifestOf,
  openSession,
  streamOf,
  type Session,
  type SessionSettings,
} from '../../support/registry-session.ts';
import {
  startRegistry,
  type AuthSettings,
  type RunningRegistry,
  type Step,
} from '../../support/registry/index.ts';

/** Every case makes a registry point elsewhere; a server elsewhere notes every byte. The last test prints the sum. */
const USER = { username: 'canary-user', password: `canary-password-${randomBytes(8).toString('hex')}` };
const IDENTITY = `canary-identity-${randomBytes(8).toString('hex')}`;
const REGISTRY_TOKEN = `canary-registry-${randomBytes(8).toString('hex')}`;
const BYTES = randomBytes(100_000);
const BLOB = layerOf(BYTES);
const MANIFEST = manifestOf(BLOB, [BLOB]);
const TLS = selfSigned();

const canaries = createCanaries([
  USER.password,
  `${USER.username}:${USER.password}`,
  IDENTITY,
  REGISTRY_TOKEN,
]);
const sums = { cases: 0, reached: 0, leaked: 0 };

interface Kind {
  readonly name: string;
  readonly auth: Partial<AuthSettings>;
  readonly settings: (host: string) => SessionSettings;
}

const configured = (entry: object) => (host: string) => ({
  env: { HOME: '/nonexistent', DOCKER_AUTH_CONFIG: JSON.stringify({ auths: { [host]: entry } }) },
});
const KINDS: readonly Kind[] = [
  {
    name: 'basic',
    auth: { kind: 'basic' },
    settings: (host) => ({ credentials: [{ registry: host, ...USER }] }),
  },
  { name: 'bearer', auth: {}, settings: (host) => ({ credentials: [{ registry: host, ...USER }] }) },
  { name: 'identity token', auth: {}, settings: configured({ identitytoken: IDENTITY }) },
  { name: 'registry token', auth: {}, settings: configured({ registrytoken: REGISTRY_TOKEN }) },
];

interface Scene {
  readonly registry: RunningRegistry;
  readonly session: Session;
  readonly settings: SessionSettings;
  readonly sink: WrongOrigin;
  /** The sink's address. */
  readonly elsewhere: string;
}

interface Attack {
  readonly name: string;
  readonly run: (scene: Scene) => Promise<unknown>;
  /** The sink must have been asked: the attack went as far as it can. */
  readonly reaches: boolean | ((kind: Kind) => boolean);
  /** Changes the registry's own settings. */
  readonly auth?: (elsewhere: string) => Partial<AuthSettings>;
  readonly only?: (kind: Kind) => boolean;
}

const target = ({ session, registry }: Scene) => session.repository(`${registry.host}/app`);
const ALWAYS = { times: 99 };
const hasToken = ({ name }: Kind): boolean => name === 'bearer' || name === 'identity token';

function redirect(
  step: Step,
  status: number,
  work: (scene: Scene) => Promise<unknown>,
  reaches: boolean,
): Attack {
  return {
    name: `${status} to ${step}`,
    reaches,
    async run(scene) {
      const headers = { location: `${scene.elsewhere}/x?signed=1` };
      scene.registry.faults.inject(step, { kind: 'status', status, headers }, ALWAYS);
      await work(scene);
    },
  };
}

function located(
  step: Step,
  location: (elsewhere: string) => string,
  name: string,
  answer: WrongOrigin['answer'],
): Attack {
  return {
    name: `Location of ${step} ${name}`,
    reaches: true,
    async run(scene) {
      scene.sink.answer = answer;
      scene.registry.faults.inject(
        step,
        { kind: 'location', change: () => location(scene.elsewhere) },
        ALWAYS,
      );
      await target(scene).put(BLOB, streamOf(BYTES));
    },
  };
}

const pull = (scene: Scene): Promise<unknown> => collect(target(scene).open(BLOB));
const push = (scene: Scene): Promise<unknown> => target(scene).put(BLOB, streamOf(BYTES));
const challenges: readonly [string, (elsewhere: string) => string][] = [
  ['Basic', () => 'Basic realm="give"'],
  ['Bearer', (elsewhere) => `Bearer realm="${elsewhere}/token",service="s",scope="repository:app:pull"`],
];

const ATTACKS: readonly Attack[] = [
  ...[301, 302, 303, 307, 308].map((status) => redirect('blob-get', status, pull, true)),
  redirect('blob-head', 307, (scene) => target(scene).has(BLOB), true),
  redirect('manifest-get', 307, (scene) => target(scene).getManifest('v1'), true),
  redirect('upload-start', 307, push, true),
  redirect('upload-start', 302, push, true),
  redirect('upload-put', 307, push, true),
  redirect('upload-put', 308, push, true),
  redirect('upload-patch', 307, push, false),
  redirect(
    'manifest-put',
    307,
    (scene) => target(scene).putManifest(MANIFEST.descriptor, MANIFEST.bytes, 'v1'),
    true,
  ),
  redirect(
    'manifest-put',
    303,
    (scene) => target(scene).putManifest(MANIFEST.descriptor, MANIFEST.bytes, 'v1'),
    true,
  ),
  redirect(
    'upload-mount',
    307,
    (scene) => target(scene).mount(BLOB, { registry: scene.registry.host, name: 'base' }),
    true,
  ),
  ...challenges.map(([scheme, challenge]): Attack => ({
    name: `${scheme} challenge after a redirect`,
    reaches: true,
    async run(scene) {
      scene.sink.answer = { status: 401, headers: { 'www-authenticate': challenge(scene.elsewhere) } };
      const headers = { location: `${scene.elsewhere}/x` };
      scene.registry.faults.inject('blob-get', { kind: 'status', status: 307, headers }, ALWAYS);
      await pull(scene);
    },
  })),
  {
    name: 'redirect there and back',
    reaches: true,
    async run(scene) {
      const back = `${scene.registry.url}/v2/app/blobs/${BLOB.digest}`;
      scene.sink.answer = { status: 307, headers: { location: back } };
      const headers = { location: `${scene.elsewhere}/x` };
      scene.registry.faults.inject('blob-get', { kind: 'status', status: 307, headers }, ALWAYS);
      await pull(scene);
    },
  },
  {
    name: 'redirect with a user name in it',
    reaches: true,
    async run(scene) {
      const location = scene.elsewhere.replace('://', '://registry:secret@');
      scene.registry.faults.inject(
        'blob-get',
        { kind: 'status', status: 307, headers: { location } },
        ALWAYS,
      );
      await pull(scene);
    },
  },
  located('upload-start', (elsewhere) => `${elsewhere}/u?s=1`, 'elsewhere', { status: 201 }),
  located('upload-start', (elsewhere) => elsewhere.replace('http:', ''), 'without a scheme', { status: 201 }),
  located('upload-start', (elsewhere) => elsewhere.replace('://', '://u:p@'), 'with a user name', {
    status: 201,
  }),
  ...challenges.map(([scheme, challenge]): Attack => {
    const answer = { status: 401, headers: { 'www-authenticate': challenge('http://127.0.0.1:9') } };
    return located('upload-start', (elsewhere) => `${elsewhere}/u`, `with a ${scheme} challenge`, answer);
  }),
  {
    name: 'realm elsewhere',
    // A registry that speaks plain HTTP may name its own host alone.
    reaches: false,
    auth: (elsewhere) => ({ realm: `${elsewhere.replace('127.0.0.1', 'localhost')}/token` }),
    only: hasToken,
    run: pull,
  },
  {
    name: 'realm with a user name',
    reaches: false,
    auth: (elsewhere) => ({ realm: `${elsewhere.replace('://', '://u:p@')}/token` }),
    only: hasToken,
    run: pull,
  },
  ...[301, 302, 303, 307, 308].map((status): Attack => ({
    name: `${status} of the token server`,
    // It is followed without the credential, and not at all where that is in the body.
    reaches: ({ name }) => name !== 'identity token',
    only: hasToken,
    async run(scene) {
      scene.registry.revokeTokens();
      const headers = { location: `${scene.elsewhere}/token` };
      scene.registry.faults.inject('token', { kind: 'status', status, headers }, ALWAYS);
      await pull(scene);
    },
  })),
  ...challenges.map(([scheme, challenge]): Attack => ({
    name: `mirror with a ${scheme} challenge`,
    reaches: true,
    async run(scene) {
      const mirror = scene.elsewhere.replace('http://', '');
      scene.sink.answer = { status: 401, headers: { 'www-authenticate': challenge(scene.elsewhere) } };
      const { registry, settings } = scene;
      const registries = { registryMap: { [registry.host]: [mirror] } };
      const mirrored = openSession({ ...settings, registries });
      await mirrored.client
        .resolve(parseReference(`${registry.host}/app:v1`))
        .finally(() => mirrored.close());
    },
  })),
  ...challenges.map(([scheme, challenge]): Attack => ({
    name: `other port with a ${scheme} challenge`,
    reaches: true,
    async run(scene) {
      scene.sink.answer = { status: 401, headers: { 'www-authenticate': challenge(scene.elsewhere) } };
      await scene.session.repository(`${scene.elsewhere.replace('http://', '')}/app`).has(BLOB);
    },
  })),
];

const PLACES: readonly [string, (port: number) => string][] = [
  ['another port', (port) => `http://127.0.0.1:${port}`],
  ['another host', (port) => `http://localhost:${port}`],
];

async function play(
  attack: Attack,
  kind: Kind,
  place: (port: number) => string,
  tls?: typeof TLS,
): Promise<void> {
  const sink = await openWrongOrigin();
  const elsewhere = place(sink.port);
  const auth = {
    kind: 'bearer',
    ...USER,
    identityToken: IDENTITY,
    registryToken: REGISTRY_TOKEN,
    ...kind.auth,
    ...attack.auth?.(elsewhere),
  } as const;
  const registry = await startRegistry({ auth, ...(tls === undefined ? {} : { tls }) });
  const settings = kind.settings(registry.host);
  const session = openSession({ ...settings, registries: { skipTlsVerifyRegistries: [registry.host] } });
  try {
    // From its first refusal on, the registry is sent credentials without asking again.
    await session
      .repository(`${registry.host}/app`)
      .has(BLOB)
      .catch(() => undefined);
    await attack.run({ registry, session, settings, sink, elsewhere }).catch(() => undefined);
    const used = registry.requests.some(({ headers, step }) => headers['authorization'] ?? step === 'token');
    expect(used || attack.auth !== undefined, 'the credential was in use').toBe(true);
    const reaches = typeof attack.reaches === 'boolean' ? attack.reaches : attack.reaches(kind);
    expect(sink.requests() > 0, 'the wrong origin was asked').toBe(reaches && tls === undefined);
    const leaked = canaries.bytesIn(sink.text());
    sums.cases += 1;
    sums.reached += sink.requests() > 0 ? 1 : 0;
    sums.leaked += leaked;
    expect(leaked, sink.text().slice(0, 2000)).toBe(0);
    expect(sink.text().toLowerCase()).not.toMatch(/^(?:proxy-)?authorization|^cookie/m);
  } finally {
    await session.close();
    await registry.close();
    await sink.close();
  }
}

describe.each(KINDS)('with $name', (kind) => {
  describe.each(PLACES)('%s', (_, place) => {
    const attacks = ATTACKS.filter(({ only }) => only?.(kind) ?? true);
    it.each(attacks)('$name', (attack) => play(attack, kind, place));

    it.skipIf(TLS === undefined).each(attacks.filter(({ name }) => /^(30\d|realm|Location)/.test(name)))(
      'from https to plain http: $name',
      (attack) => play(attack, kind, place, TLS),
    );
  });
});

describe('the suite', () => {
  it('sees a leak where there is one', async () => {
    const sink = await openWrongOrigin();
    const pair = Buffer.from(`${USER.username}:${USER.password}`).toString('base64');
    const url = `http://127.0.0.1:${sink.port}/?t=${IDENTITY}`;
    await fetch(url, { method: 'POST', headers: { authorization: `Basic ${pair}` }, body: REGISTRY_TOKEN });
    expect(canaries.bytesIn(sink.text())).toBeGreaterThan(
      pair.length / 2 + IDENTITY.length + REGISTRY_TOKEN.length,
    );
    for (const form of ['hex', 'base64', 'base64url'] as const)
      expect(canaries.bytesIn(`xx${Buffer.from(`a:${USER.password}`).toString(form)}`)).toBeGreaterThan(0);
    await sink.close();
  });

  afterAll(() => {
    console.log(
      `credential leaks: ${sums.cases} cases, ${sums.reached} of them reached a wrong origin, ${sums.leaked} bytes leaked`,
    );
  });
});
