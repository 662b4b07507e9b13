import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSite, type BuildSite } from '../support/build-site.ts';
import { succeed } from '../support/e2e/execute.ts';
import { missing, titled } from '../support/e2e/requirements.ts';

/** How GNU tar is told to compress, and what it needs for that. */
const FORMATS = [
  ['tar', '--format=gnu', 'tar'],
  ['tar.gz', '--gzip', 'gzip'],
  ['tar.bz2', '--bzip2', 'bzip2'],
  ['tar.xz', '--xz', 'xz'],
  ['tar.zst', '--zstd', 'zstd'],
] as const;

let site: BuildSite;
let directory: string;
beforeAll(async () => {
  site = await openSite();
  directory = mkdtempSync(join(tmpdir(), 'build-archives-'));
  mkdirSync(join(directory, 'tree/d'), { recursive: true });
  writeFileSync(join(directory, 'tree/d/f'), 'in the archive', { mode: 0o640 });
});
afterAll(async () => {
  rmSync(directory, { recursive: true });
  await site.close();
});

/** An archive of the tree, as bytes of one character each: contexts of these tests are written as text. */
async function archive(extension: string, flag: string): Promise<Buffer> {
  const file = join(directory, `archive.${extension}`);
  const owner = ['--owner=12', '--group=34', '--numeric-owner', '--mtime=@1000000000'];
  await succeed('tar', ['--create', '--file', file, flag, ...owner, '-C', join(directory, 'tree'), '.']);
  return readFileSync(file);
}

describe('ADD', () => {
  for (const [extension, flag, tool] of FORMATS) {
    const reason = missing({ tools: ['tar', tool] });
    it.skipIf(reason !== undefined)(
      titled(`unpacks a ${extension} with its owners, modes and times`, reason),
      async () => {
        const bytes = await archive(extension, flag);
        const { files, read, stat } = await site.built(
          'FROM scratch\nWORKDIR /w\nADD archive* to/\nCOPY archive* /kept/',
          {
            prepare: (context) => writeFileSync(join(context, `archive.${extension}`), bytes),
          },
        );
        expect(read('/w/to/d/f')).toBe('in the archive');
        expect(stat('/w/to/d/f')).toBe('file 640 12:34');
        expect(files.get('/w/to/d/f')?.mtimeNs).toBe(1_000_000_000_000_000_000n);
        expect(stat('/w/to')).toBe('directory 755 0:0');
        expect(files.get(`/kept/archive.${extension}`)?.size).toBe(bytes.length);
      },
    );
  }

  describe('of a URL', () => {
    let server: Server;
    let url: string;
    beforeAll(async () => {
      const bytes = await archive('tar', '--format=gnu');
      server = createServer((_request, response) => response.end(bytes));
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/archive.tar`;
    });
    afterAll(() => new Promise((resolve) => server.close(resolve)));

    it('unpacks no archive, unless it is told to', async () => {
      const { files } = await site.built(
        `FROM scratch\nADD ${url} /as-it-is/\nADD --unpack ${url} /unpacked/`,
      );
      expect(files.has('/as-it-is/archive.tar')).toBe(true);
      expect(files.has('/as-it-is/d/f')).toBe(false);
      expect(files.get('/unpacked/d/f')?.text).toBe('in the archive');
    });
  });

  it('takes what only has the name of an archive as it is', async () => {
    const { read } = await site.built('FROM scratch\nADD not.tar.gz /x/', {
      files: { 'not.tar.gz': 'text' },
    });
    expect(read('/x/not.tar.gz')).toBe('text');
  });
});
