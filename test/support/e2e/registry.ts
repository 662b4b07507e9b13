import type { Digest } from '../../../src/oci/index.ts';
import { startDockerRegistry, type DockerRegistry } from '../docker-registry.ts';
import { succeed } from './execute.ts';

/** Programs that a registry of these tests needs. */
export const REGISTRY_TOOLS = ['docker-registry', 'openssl', 'skopeo'];

export interface TestRegistry extends DockerRegistry {
  /** Flags by which `FROM debian` and other names of docker.io are looked for here, and pushes go by plain HTTP. */
  readonly flags: readonly string[];
  /** Copies an image of an OCI layout, told as `directory:tag`, to a repository and tag of this registry. */
  publish(layoutImage: string, name: string): Promise<void>;
  /** The digest this registry has for a tag. */
  digestOf(repository: string, tag: string): Promise<Digest>;
}

/** Debian's docker-registry on a free port of the loopback interface, with an empty store. */
export async function startTestRegistry(): Promise<TestRegistry> {
  const registry = await startDockerRegistry();
  const { host } = registry;
  return {
    ...registry,
    flags: ['--registry-map', `docker.io=${host}`, '--insecure-registry', host],
    publish: async (layoutImage, name) =>
      void (await succeed('skopeo', [
        ...['--insecure-policy', 'copy', '--dest-tls-verify=false'],
        ...[`oci:${layoutImage}`, `docker://${host}/${name}`],
      ])),
    digestOf: (repository, tag) => registryDigest(host, repository, tag),
  };
}

async function registryDigest(host: string, repository: string, tag: string): Promise<Digest> {
  const accept = ['application/vnd.oci.image.manifest.v1+json', 'application/vnd.oci.image.index.v1+json'];
  const url = `http://${host}/v2/${repository}/manifests/${tag}`;
  const response = await fetch(url, { method: 'HEAD', headers: { accept: accept.join(', ') } });
  const digest = response.headers.get('docker-content-digest');
  if (!response.ok || digest === null) throw new Error(`${url}: ${response.status}`);
  return digest as Digest;
}
