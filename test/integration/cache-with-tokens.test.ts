import { describe, expect, it } from 'vitest';
import { keyOf, keyPart, recordSeal, registryCache, type CacheRecord } from '../../src/cache/index.ts';
import { memoryStore } from '../../src/content/index.ts';
import { missingProgram, startDockerRegistry } from '../support/docker-registry.ts';
import { openSession } from '../support/registry-session.ts';

const { signal } = new AbortController();
const user = { username: 'user', password: 'secret' };

function record(name: string): CacheRecord {
  const parts = [keyPart('name', name)];
  return { kind: 'step', key: keyOf(parts), parts, created: 1, step: name, time: 1, cost: 1 };
}

describe.skipIf(missingProgram(['docker-registry', 'openssl']) !== undefined)(
  'a cache behind a token server',
  () => {
    it.each([
      { removes: true, tags: 1 },
      { removes: false, tags: 2 },
    ])(
      'is left without journals where these can be removed, and with one where not (%o)',
      async ({ removes, tags }) => {
        const registry = await startDockerRegistry({ auth: 'token', removes, ...user });
        const session = openSession({
          credentials: [{ registry: registry.host, ...user }],
        });
        try {
          const name = `${registry.host}/app/cache`;
          const writer = session.repository(name, 'push');
          const reader = session.repository(name, 'pull');
          const seal = recordSeal();
          const open = () => registryCache({ reader, writer, scope: 'main', seal, mountFrom: () => [] });
          const records = ['a', 'b', 'c'].map(record);
          for (const one of records)
            expect(await open().save([one], memoryStore(), signal)).toMatchObject({ saved: 1, faults: [] });
          const keys = records.map(({ key }) => key);
          expect((await open().lookup(keys, signal)).size).toBe(3);
          expect(await writer.tags('')).toHaveLength(tags);
        } finally {
          await session.close();
          await registry.close();
        }
      },
    );
  },
);
