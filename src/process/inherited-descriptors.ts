import { closeSync, readdirSync, readFileSync } from 'node:fs';

const O_CLOEXEC = 0o2000000;

/**
 * Closes every descriptor above 2 that would be passed on to children and returns their numbers. Node opens all of
 * its own with O_CLOEXEC, so these were left open by whoever started this process. To be called once, first thing;
 * not in processes that were started with a Node IPC channel.
 */
export function closeInheritedDescriptors(): number[] {
  const inherited = passedOnDescriptors();
  for (const descriptor of inherited) closeSync(descriptor);
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
