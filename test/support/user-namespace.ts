import { execute, type Executed } from './e2e/execute.ts';

/**
 * Runs a shell script as root of a namespace of users with 65536 ids, in a mount namespace of its own. Handlers of
 * binfmt_misc belong to such a namespace since Linux 6.7: those of the machine are not touched. Needs root.
 */
export async function inUserNamespace(script: string): Promise<Executed> {
  const outer = `
unshare -Um --propagation private sleep 600 &
held=$!
trap 'kill $held' EXIT
while [ "$(readlink /proc/$held/ns/user)" = "$(readlink /proc/self/ns/user)" ]; do sleep 0.1; done
echo '0 0 65536' >/proc/$held/uid_map
echo '0 0 65536' >/proc/$held/gid_map
nsenter -t $held -U -m sh -ec "$1"`;
  return execute('sh', ['-ec', outer, 'sh', script]);
}
