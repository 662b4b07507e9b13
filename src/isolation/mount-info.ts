/** One line of `/proc/PID/mountinfo` (proc(5)). */
export interface MountEntry {
  readonly mountPoint: string;
  /** Options of this mount, not of the file system under it: `rw`, `nosuid` … */
  readonly options: readonly string[];
  readonly fsType: string;
}

/** Parses mountinfo; later lines lie on earlier ones. */
export function parseMountInfo(text: string): MountEntry[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const fields = line.split(' ');
      const separator = fields.indexOf('-', 6);
      return {
        mountPoint: unescaped(fields[4] ?? ''),
        options: (fields[5] ?? '').split(','),
        fsType: fields[separator + 1] ?? '',
      };
    });
}

/** The mount a path lies on; the path must be free of symlinks. */
export function mountOf(mounts: readonly MountEntry[], path: string): MountEntry | undefined {
  let found: MountEntry | undefined;
  for (const mount of mounts) {
    const longer = found === undefined || mount.mountPoint.length >= found.mountPoint.length;
    if (longer && (path === mount.mountPoint || isBelow(path, mount.mountPoint))) found = mount;
  }
  return found;
}

/** The mount points below a directory, the outermost only. */
export function mountsBelow(mounts: readonly MountEntry[], directory: string): string[] {
  const points = mounts.map((mount) => mount.mountPoint).filter((point) => isBelow(point, directory));
  return [...new Set(points)].filter((point) => !points.some((other) => isBelow(point, other)));
}

/**
 * What a bind of this mount must keep when it is made read-only: a user namespace may not take away restrictions
 * that were set outside it.
 */
export function restrictionsOf(mount: MountEntry | undefined): string[] {
  return (mount?.options ?? []).filter((option) => ['nosuid', 'nodev', 'noexec'].includes(option));
}

function isBelow(path: string, directory: string): boolean {
  return path.startsWith(directory === '/' ? '/' : `${directory}/`) && path !== directory;
}

/** Blanks, tabs, newlines and backslashes are written as three octal digits. */
function unescaped(field: string): string {
  return field.replace(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}
