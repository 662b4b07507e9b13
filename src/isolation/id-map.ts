/** A run of ids: `inside` … `inside + count - 1` of a user namespace are those from `outside` on. */
export interface IdRange {
  readonly inside: number;
  readonly outside: number;
  readonly count: number;
}

/** More than any id: the map of the machine's own user namespace covers all. */
export const ALL_IDS = 4_294_967_295;

/** Parses `/proc/PID/uid_map` or `gid_map` (user_namespaces(7)). */
export function parseIdMap(text: string): IdRange[] {
  return text
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .filter((fields) => fields.length === 3)
    .map(([inside = 0, outside = 0, count = 0]) => ({ inside, outside, count }));
}

/** Whether an id exists in a namespace with this map. */
export function isMapped(map: readonly IdRange[], id: number): boolean {
  return map.some(({ inside, count }) => id >= inside && id < inside + count);
}

/** The ranges as the kernel, newuidmap(1) and newgidmap(1) take them: inside, outside, count. */
export function idMapLines(map: readonly IdRange[]): string {
  return map.map(({ inside, outside, count }) => `${inside} ${outside} ${count}\n`).join('');
}
