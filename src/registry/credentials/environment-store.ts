import { type CredentialStore, type Environment } from './credential-store.ts';
import { registryKey } from './registry-key.ts';

/**
 * kaniko's variables KANIKO_<HOST>_USER and KANIKO_<HOST>_PASSWORD: the host in capitals with `_` for `-`, `.` and `:`, or
 * the end of it from a dot on (KANIKO_EXAMPLE_COM_USER holds for registry.example.com). The longest is taken.
 */
export function environmentStore(env: Environment): CredentialStore {
  return {
    find: ({ registry }) => {
      for (const name of namesOf(registryKey(registry))) {
        const username = env[`KANIKO_${name}_USER`];
        const password = env[`KANIKO_${name}_PASSWORD`];
        if (username === undefined || password === undefined) continue;
        const origin = `KANIKO_${name}_USER`;
        return Promise.resolve({ credential: { kind: 'basic', username, password }, origin });
      }
      return Promise.resolve(undefined);
    },
  };
}

function namesOf(host: string): string[] {
  const labels = host.toUpperCase().replaceAll('-', '_').split('.');
  return labels.map((_, index) =>
    labels
      .slice(index)
      .join('_')
      .replace(/[^A-Z0-9_]/g, '_'),
  );
}
