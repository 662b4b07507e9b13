import { closeSync, readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';

const O_CLOEXEC = 0o2000000;

/** Names of variables for files with certificates, which Node reads in a thread of its own while a program starts. */
const READ_BY_NODE = ['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE'] as const;

/**
 * Closes every descriptor above 2 that would be passed on to children and returns their numbers. Node opens all of
 * its own with O_CLOEXEC, so these were left open by whoever started this process; but for the certificates that `env`
 * names, which OpenSSL opens without it, and closes itself. To be called once, first thing; not in processes that were
 * started with a Node IPC channel.
 */
export function closeInheritedDescriptors(env: Readonly<Record<string, string | undefined>>): number[] {
  const read = READ_BY_NODE.flatMap((name) => realPath(env[name]));
  const inherited = passedOnDescriptors().filter((descriptor) => !read.includes(targetOf(descriptor)));
  for (const descriptor of inherited) close(descriptor);
  return inherited;
}

/** The descriptors above 2 of this process that a child would inherit. */
export function passedOnDescriptors(): number[] {
  return readdirSync('/proc/self/fd')
    .map(Number)
    .filter((descriptor) => descriptor > 2 && isPassedOn(descriptor));
}

function isPassedOn(descriptor: number): boolean {
  try {
    const flags = /^flags:\s*([0-7]+)/m.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, 'latin1'))?.[1];
    return flags !== undefined && (Number.parseInt(flags, 8) & O_CLOEXEC) === 0;
  } catch {
    return false; // the one the listing itself was read through
  }
}

function close(descriptor: number): void {
  try {
    closeSync(descriptor);
  } catch (error) {
    // Whoever had it has closed it meanwhile.
    if ((error as NodeJS.ErrnoException).code !== 'EBADF') throw error;
  }
}

/** What a descriptor is open on; nothing for one that is closed by now. */
function targetOf(descriptor: number): string {
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`);
  } catch {
    return '';
  }
}

function realPath(path: string | undefined): string[] {
  try {
    return path === undefined || path === '' ? [] : [realpathSync(path)];
  } catch {
    return [];
  }
}
