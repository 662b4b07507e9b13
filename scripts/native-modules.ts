import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const CACHE = join(ROOT, 'build/native');
/** The machines CI runs on; elsewhere getfattr and setfattr do the work. */
const TARGETS = ['linux-x64-gnu', 'linux-x64-musl', 'linux-arm64-gnu', 'linux-arm64-musl'];

/**
 * Puts the binding for extended attributes of every target beside a bundle, as `xattr.<target>.node`. npm only installs
 * the one of this machine, so the packages are fetched by name and must have the hash that package-lock.json tells.
 */
export function addNativeModules(output: string): void {
  for (const target of TARGETS) {
    const name = `xattr.${target}.node`;
    copyFileSync(join(unpacked(target), name), join(output, name));
  }
}

function unpacked(target: string): string {
  const { version, integrity } = lockedPackage(`@napi-rs/xattr-${target}`);
  const directory = join(CACHE, `${target}-${version}`);
  if (existsSync(join(directory, `xattr.${target}.node`))) return directory;
  mkdirSync(directory, { recursive: true });
  const archive = join(CACHE, `napi-rs-xattr-${target}-${version}.tgz`);
  run('npm', ['pack', '--silent', '--pack-destination', CACHE, `@napi-rs/xattr-${target}@${version}`]);
  const hash = `sha512-${createHash('sha512').update(readFileSync(archive)).digest('base64')}`;
  if (hash !== integrity) throw new Error(`${archive} has another hash than package-lock.json tells`);
  run('tar', ['-xzf', archive, '-C', directory, '--strip-components=1']);
  return directory;
}

function lockedPackage(name: string): { readonly version: string; readonly integrity: string } {
  const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { version: string; integrity: string }>;
  };
  const found = lock.packages[`node_modules/${name}`];
  if (found === undefined) throw new Error(`${name} is not in package-lock.json`);
  return found;
}

function run(command: string, args: readonly string[]): void {
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8', cwd: ROOT });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed:\n${stderr}`);
}
