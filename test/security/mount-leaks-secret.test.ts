import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSite, type BuildSite } from '../support/build-site.ts';
import { titled } from '../support/e2e/requirements.ts';
import { failure } from '../support/planning.ts';
import { usableIsolation } from '../support/usable-isolation.ts';

const usable = await usableIsolation();

/** Every file below a directory that holds what is asked for; what vanishes meanwhile does not count. */
function filesWith(directory: string, holds: (bytes: Buffer) => boolean): string[] {
  return attempt(() => readdirSync(directory, { withFileTypes: true }), []).flatMap((entry) => {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) return filesWith(path, holds);
    return entry.isFile() && holds(attempt(() => readFileSync(path), Buffer.alloc(0))) ? [path] : [];
  });
}

function attempt<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return otherwise;
    throw error;
  }
}

const WAYS = [
  ['mountns', 'overlay'],
  ['mountns', 'scan'],
  ['userns-single', 'overlay'],
] as const;

describe.each(WAYS)('a secret of a RUN, under %s by %s', (isolation, snapshotter) => {
  const reason = usable(isolation, snapshotter);
  const secret = `canary-${randomBytes(12).toString('hex')}`;
  const forms = [
    secret,
    Buffer.from(secret).toString('base64').slice(0, 20),
    Buffer.from(secret).toString('hex'),
  ];
  const holds = (bytes: string | Buffer): boolean => forms.some((form) => bytes.includes(form));

  describe.skipIf(reason !== undefined)(titled('builds', reason), () => {
    let site: BuildSite;
    beforeAll(async () => {
      site = await openSite();
    });
    afterAll(() => site.close());

    const given = (onDisk: string[], told: string[]) => {
      const look = (): void => void onDisk.push(...filesWith(site.directory, holds));
      return {
        isolation,
        spec: { snapshotter },
        supplies: { secrets: [{ id: 's', content: Buffer.from(secret) }] },
        reporter: {
          // Told while the RUN goes on: its mounts are there, for it alone.
          stepOutput: (_step: unknown, _stream: unknown, text: string) => (told.push(text), look()),
          debug: (text: string) => void told.push(text),
          info: (text: string) => void told.push(text),
          warn: (text: string) => void told.push(text),
        },
      };
    };
    const MOUNTS =
      '--mount=type=secret,id=s --mount=type=secret,id=s,env=TOKEN --mount=type=secret,id=s,target=/root/deep/file';

    it('is on no disk, in no layer, config or message, and leaves no mount point with it', async () => {
      const [onDisk, told]: [string[], string[]] = [[], []];
      const { image, files } = await site.built(
        `FROM base
RUN ${MOUNTS} [ "$TOKEN" = "$(cat /run/secrets/s)" ] && [ "$TOKEN" = "$(cat /root/deep/file)" ] && echo given; cat /run/secrets/s; env
RUN ls /run/secrets /root/deep/file 2>/dev/null; [ -z "$TOKEN" ] && echo taken`,
        given(onDisk, told),
      );
      expect(told.join('')).toContain('given');
      expect(told.join('')).toContain('taken');
      expect([onDisk, told.filter(holds)]).toEqual([[], []]);
      expect(holds(JSON.stringify([image.config, image.manifest]))).toBe(false);
      expect([...files.values()].filter(({ text }) => holds(text))).toEqual([]);
      expect([files.get('/run/secrets/s'), files.get('/root/deep/file')]).toEqual([undefined, undefined]);
      expect(filesWith(site.directory, holds)).toEqual([]);
    });

    it('is in no error, and gone after a RUN that failed', async () => {
      const [onDisk, told]: [string[], string[]] = [[], []];
      const error = await failure(
        site.built(`FROM base\nRUN ${MOUNTS} echo "$TOKEN" >&2; exit 3`, given(onDisk, told)),
      );
      expect(error.code).toBe('RUN_FAILED');
      expect(holds(JSON.stringify({ ...error, message: error.message }))).toBe(false);
      expect([onDisk, told.filter(holds), site.leftovers()]).toEqual([[], [], []]);
    });

    it('is found by this search where a RUN does keep it', async () => {
      const onDisk: string[] = [];
      const { files } = await site.built(
        'FROM base\nRUN --mount=type=secret,id=s cp /run/secrets/s /kept; echo kept; sleep 1',
        given(onDisk, []),
      );
      expect(holds(files.get('/kept')?.text ?? '')).toBe(true);
      expect(onDisk).not.toEqual([]);
    });
  });
});
