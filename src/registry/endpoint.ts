import { DEFAULT_REGISTRY } from '../reference/index.ts';
import { type RegistryOptions } from '../request/index.ts';

export type Access = 'pull' | 'push';

/** How one registry is reached. */
export interface Endpoint {
  /** Its name in references, which credentials are kept under. */
  readonly registry: string;
  /** Base addresses in the order they are tried; the first that answers is used from then on. */
  readonly bases: readonly string[];
  readonly verifyTls: boolean;
}

/** Where Docker Hub's API really is. */
export const HUB_HOST = 'registry-1.docker.io';

/**
 * The way to a registry: https alone, unless plain HTTP was allowed for it or it is on the loopback interface; then
 * https is tried first all the same.
 */
export function endpointOf(registry: string, access: Access, options: RegistryOptions): Endpoint {
  const host = registry === DEFAULT_REGISTRY ? HUB_HOST : registry;
  const insecure =
    (access === 'push' ? options.insecurePush : options.insecurePull) ||
    options.insecureRegistries.includes(registry) ||
    isLoopback(registry);
  const skipTls =
    (access === 'push' ? options.skipTlsVerify : options.skipTlsVerifyPull) ||
    options.skipTlsVerifyRegistries.includes(registry);
  return {
    registry,
    bases: insecure ? [`https://${host}`, `http://${host}`] : [`https://${host}`],
    verifyTls: !skipTls,
  };
}

function isLoopback(registry: string): boolean {
  const host = registry.replace(/:\d+$/, '').toLowerCase();
  return host === 'localhost' || host === '[::1]' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}
