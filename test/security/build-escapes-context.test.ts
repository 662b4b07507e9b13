import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSite, type BuildSite } from '../support/build-site.ts';
import { failure } from '../support/planning.ts';

// A Dockerfile or a checked out repository wants to take a file of the machine into the image.

const CANARY = 'canary of the machine';
let site: BuildSite;
let outside: string;
beforeAll(async () => {
  site = await openSite();
  outside = mkdtempSync(join(tmpdir(), 'outside-'));
  writeFileSync(join(outside, 'secret'), CANARY);
});
afterAll(async () => {
  rmSync(outside, { recursive: true });
  await site.close();
});

const texts = ({ files }: Awaited<ReturnType<BuildSite['built']>>): string =>
  [...files.values()].map(({ text }) => text).join('\n');

describe('a context whose links lead out of it', () => {
  it.each([
    [
      'a link to a file',
      'COPY link /x',
      (context: string) => symlinkSync(join(outside, 'secret'), join(context, 'link')),
    ],
    [
      'a link to a directory',
      'COPY link/secret /x',
      (context: string) => symlinkSync(outside, join(context, 'link')),
    ],
    [
      'a wildcard through a link',
      'ADD link/s* /x/',
      (context: string) => symlinkSync(outside, join(context, 'link')),
    ],
    [
      'a relative link',
      'COPY link /x',
      (context: string) => symlinkSync(`../../../../../..${outside}/secret`, join(context, 'link')),
    ],
  ])('%s takes nothing along', async (_what, line, prepare) => {
    // Some are links to nothing within the context, which may be refused; anything else that goes wrong is no defence.
    const work = site.built(`FROM scratch\nCOPY own /own\n${line}`, { files: { own: 'x' }, prepare });
    const outcome = await work.catch((error: unknown) => error);
    if (outcome instanceof Error) {
      expect(outcome).toMatchObject({ code: 'CONTEXT', location: { line: 3 } });
      expect(outcome.message).not.toContain(CANARY);
    } else expect(texts(await work)).not.toContain(CANARY);
  });

  it('a link within a directory that is copied stays a link', async () => {
    const built = await site.built('FROM scratch\nCOPY . /c/', {
      prepare: (context) => symlinkSync(join(outside, 'secret'), join(context, 'link')),
    });
    expect(built.stat('/c/link')).toMatch(/^symlink/);
    expect(texts(built)).not.toContain(CANARY);
  });

  it('the Dockerfile itself is refused as such a link', async () => {
    writeFileSync(join(outside, 'Dockerfile'), 'FROM scratch\nLABEL a=1\n');
    const error = await failure(
      site.build('FROM scratch', {
        prepare: (context) => {
          rmSync(join(context, 'Dockerfile'));
          symlinkSync(join(outside, 'Dockerfile'), join(context, 'Dockerfile'));
        },
      }),
    );
    expect(error.code).toBe('CONTEXT');
    expect(error.message).toContain('leads out of the build context');
  });
});

describe('sources with dots', () => {
  it.each(['../secret', '/../secret', 'd/../../secret'])('%s stays in the context', async (source) => {
    const built = await site.built(`FROM scratch\nCOPY ${source} /x`, {
      files: { secret: 'of the context', 'd/f': '' },
    });
    expect(built.read('/x')).toBe('of the context');
  });
});

describe('a stage whose links lead out of it', () => {
  it('gives its own files to COPY --from, not those of the machine', async () => {
    const built = await site.built('FROM scratch AS s\nCOPY . /\nFROM scratch\nCOPY --from=s /link/own /x', {
      files: { 'tmp/own': 'of the stage', link: '-> ../../../../../../tmp' },
    });
    expect(built.read('/x')).toBe('of the stage');
  });

  it('cannot be led to a file that only the machine has', async () => {
    const error = await failure(
      site.build('FROM scratch AS s\nCOPY . /\nFROM scratch\nCOPY --from=s /link /x', {
        prepare: (context) => symlinkSync(join(outside, 'secret'), join(context, 'link')),
      }),
    );
    expect(error).toMatchObject({ location: { line: 4 } });
    expect(error.message).toContain('not found');
  });
});
