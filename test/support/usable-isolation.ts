import { probeIsolation, type BackendName } from '../../src/isolation/index.ts';

/** A look-up of why builds cannot be tried in some way here; it gives undefined where they can. */
export async function usableIsolation(): Promise<
  (isolation: BackendName, snapshotter: 'overlay' | 'scan') => string | undefined
> {
  const reports = new Map(
    await Promise.all(
      (['mountns', 'userns-identity', 'userns-full', 'userns-single'] as const).map(
        async (only) =>
          [only, await probeIsolation({ scratchParent: '/tmp', env: process.env, only })] as const,
      ),
    ),
  );
  return (isolation, snapshotter) => {
    const report = reports.get(isolation as 'mountns');
    const result = report?.results.find(({ backend }) => backend === isolation);
    if (result?.usable !== true) return result?.reason ?? 'not tried';
    return snapshotter === 'overlay' && report?.overlay !== true ? 'no overlay here' : undefined;
  };
}
