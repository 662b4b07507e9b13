import { succeed } from './execute.ts';
import type { Unpacked } from './unpacked.ts';

/** Programs that start an image's command and ask it. */
export const SERVE_TOOLS = ['unshare', 'ip', 'curl', 'env'];

/**
 * Starts what is after `--` with the unpacked tree as its root, in namespaces of its own with a loopback interface, and
 * asks the URL until it answers. Everything ends with this shell, which is the first process of its namespace.
 */
const SCRIPT = `
root=$1 cwd=$2 url=$3; shift 3
ip link set lo up
unshare --root "$root" --wd "$cwd" env -i "$@" >&2 &
exec curl -sS --include --retry 60 --retry-delay 1 --retry-connrefused --max-time 120 "$url"
`;

const NAMESPACES = ['--mount', '--propagation', 'private', '--net', '--pid', '--fork', '--kill-child'];

/** Runs the command of an unpacked image and returns its HTTP answer to GET, head and body. */
export async function askImage({ rootfs, process }: Unpacked, url: string): Promise<string> {
  const command = [...process.env, ...process.args];
  return succeed('unshare', [...NAMESPACES, 'sh', '-c', SCRIPT, 'sh', rootfs, process.cwd, url, ...command]);
}
