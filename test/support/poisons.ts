/** A way to damage something that was stored: undefined removes it. */
export type Poison = readonly [name: string, change: (bytes: Buffer) => Buffer | undefined];

/** Bytes with one bit of one of them turned, at so many places that lie evenly in it. */
export function flips(count: number): Poison[] {
  return Array.from({ length: count }, (_, at) => [
    `bit ${at + 1} of ${count} turned`,
    (bytes) => {
      const bad = Buffer.from(bytes);
      const place = Math.floor(((at + 0.5) / count) * bytes.length);
      bad[place] = (bad[place] ?? 0) ^ (1 << (at % 8));
      return bad;
    },
  ]);
}

/** What can happen to any file. */
export const DAMAGES: readonly Poison[] = [
  ...flips(8),
  ['removed', () => undefined],
  ['empty', () => Buffer.alloc(0)],
  ['cut in half', (bytes) => bytes.subarray(0, bytes.length >> 1)],
  ['cut by a byte', (bytes) => bytes.subarray(0, -1)],
  ['longer', (bytes) => Buffer.concat([bytes, Buffer.from('\n{}')])],
  ['twice', (bytes) => Buffer.concat([bytes, bytes])],
  ['zeroes', (bytes) => Buffer.alloc(bytes.length)],
  ['another text', () => Buffer.from('null')],
  ['an object of nothing', () => Buffer.from('{}')],
  ['large', () => Buffer.alloc(70 * 1024 * 1024)],
];
