import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { replaceFile } from '../../image/index.ts';
import { Descriptor, mediaTypes } from '../../oci/index.ts';

const REF_NAME = 'org.opencontainers.image.ref.name';
const FILE = /^[a-f0-9]{64}$/;

/** An image of a directory of base images. */
const WarmEntry = z.object({
  /** Whole, with its registry and tag or digest. */
  reference: z.string(),
  platform: z.string(),
  /** The manifest or index it resolved to. */
  root: Descriptor,
  /** Digests of all it consists of. */
  blobs: z.array(Descriptor.shape.digest).readonly(),
  /** When it was last asked for, in milliseconds since the epoch. */
  warmed: z.number(),
});
export type WarmEntry = z.infer<typeof WarmEntry>;

/**
 * The images of an OCI layout, a file for each, and its `index.json` made of them. Any number of processes may add some:
 * whoever writes the index looks again afterwards, and writes it anew where others came in between.
 */
export class WarmEntries {
  readonly #layout: string;
  readonly #folder: string;

  /** Throws FILESYSTEM through what makes directories. */
  constructor(layout: string) {
    this.#layout = layout;
    this.#folder = join(layout, 'ts-kaniko');
    mkdirSync(this.#folder, { recursive: true });
  }

  all(): readonly WarmEntry[] {
    return readdirSync(this.#folder)
      .filter((name) => FILE.test(name))
      .toSorted()
      .flatMap((name) => entryIn(join(this.#folder, name)) ?? []);
  }

  async add(entry: WarmEntry): Promise<void> {
    await replaceFile(join(this.#layout, 'oci-layout'), (write) => write(Buffer.from(MARKER)));
    await replaceFile(this.#pathOf(entry), (write) => write(Buffer.from(JSON.stringify(entry))));
    await this.#writeIndex();
  }

  async remove(entries: readonly WarmEntry[]): Promise<void> {
    for (const entry of entries) rmSync(this.#pathOf(entry), { force: true });
    await this.#writeIndex();
  }

  async #writeIndex(): Promise<void> {
    for (let written: unknown, wanted = indexOf(this.all()); !isDeepStrictEqual(written, wanted);) {
      const bytes = Buffer.from(JSON.stringify(wanted));
      await replaceFile(join(this.#layout, 'index.json'), (write) => write(bytes));
      written = wanted;
      wanted = indexOf(this.all());
    }
  }

  #pathOf({ reference, platform }: WarmEntry): string {
    const name = createHash('sha256')
      .update(JSON.stringify([reference, platform]))
      .digest('hex');
    return join(this.#folder, name);
  }
}

const MARKER = '{"imageLayoutVersion":"1.0.0"}';

/** Undefined for what another process removed, and for what is no entry. */
function entryIn(path: string): WarmEntry | undefined {
  try {
    return WarmEntry.safeParse(JSON.parse(readFileSync(path, 'utf8'))).data;
  } catch {
    return undefined;
  }
}

/** Image-spec image-layout.md; a reference that was warmed for several platforms is there once, as it resolved last. */
function indexOf(entries: readonly WarmEntry[]) {
  const latestLast = entries.toSorted((a, b) => a.warmed - b.warmed);
  const roots = new Map(latestLast.map(({ reference, root }) => [reference, root]));
  const manifests = [...roots].toSorted().map(([reference, { mediaType, digest, size }]) => {
    return { mediaType, digest, size, annotations: { [REF_NAME]: reference } };
  });
  return { schemaVersion: 2, mediaType: mediaTypes.OCI_INDEX, manifests };
}
