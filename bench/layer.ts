/**
 * Writing and applying one layer: time, rate, size and peak memory, beside `tar | gzip`.
 * Usage: node bench/layer.ts DIRECTORY [LEVEL…]   (default: level 6). The store is a sink: only our own work is timed.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  closeSync,
  createReadStream,
  lstatSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readlinkSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fromText, joinPath, toFs, type BytePath } from '../src/bytes/index.ts';
import type { BlobIngest, LocalBlobStore } from '../src/content/index.ts';
import { applyLayer, layerMembers, writeLayer } from '../src/layer/index.ts';
import type { Change } from '../src/snapshot/index.ts';
import { NO_XATTRS, type TarMember } from '../src/tar/index.ts';

const [, , directory, ...levels] = process.argv;
if (directory === undefined) throw new Error('usage: node bench/layer.ts DIRECTORY [LEVEL…]');
const scratch = mkdtempSync(join(tmpdir(), 'bench-layer-'));

/** A store that writes one blob to a file and computes its digest. */
function fileStore(file: string): LocalBlobStore {
  const begin = (): BlobIngest => {
    const fd = openSync(file, 'w');
    const hash = createHash('sha256');
    let size = 0;
    return {
      write: (chunk) => {
        hash.update(chunk);
        size += chunk.length;
        for (let at = 0; at < chunk.length;) at += writeSync(fd, chunk, at);
      },
      commit: () => {
        closeSync(fd);
        return Promise.resolve({ digest: `sha256:${hash.digest('hex')}`, size });
      },
      abort: () => closeSync(fd),
    };
  };
  const unused = () => {
    throw new Error('not part of this measurement');
  };
  return { begin, open: unused, has: unused, put: unused, pathOf: unused };
}

function* walk(root: BytePath, path: BytePath): Generator<Change> {
  for (const name of readdirSync(toFs(joinPath(root, path)), { encoding: 'latin1' })) {
    const at = joinPath(path, name as BytePath);
    const member = memberAt(joinPath(root, at), at);
    if (member !== undefined) yield { kind: 'added', member };
    if (member?.type === 'directory') yield* walk(root, at);
  }
}

function memberAt(absolute: BytePath, path: BytePath): TarMember | undefined {
  const stat = lstatSync(toFs(absolute));
  const type = stat.isFile()
    ? 'file'
    : stat.isDirectory()
      ? 'directory'
      : stat.isSymbolicLink()
        ? 'symlink'
        : undefined;
  if (type === undefined) return undefined;
  const size = type === 'file' ? stat.size : 0;
  return {
    path,
    type,
    mode: stat.mode & 0o7777,
    uid: stat.uid,
    gid: stat.gid,
    size,
    mtimeNs: BigInt(Math.floor(stat.mtimeMs / 1000)) * 1_000_000_000n,
    linkname: (type === 'symlink' ? readlinkSync(toFs(absolute), { encoding: 'latin1' }) : '') as BytePath,
    devMajor: 0,
    devMinor: 0,
    xattrs: NO_XATTRS,
    content: size > 0 ? { kind: 'file', path: absolute } : undefined,
  };
}

async function timed<T>(label: string, work: () => Promise<T>, describe: (result: T) => string): Promise<T> {
  const start = performance.now();
  const cpu = process.cpuUsage();
  const result = await work();
  const seconds = (performance.now() - start) / 1000;
  const used = process.cpuUsage(cpu);
  const busy = (used.user + used.system) / 1e6;
  const rss = Math.round(process.resourceUsage().maxRSS / 1024);
  console.log(
    `${label.padEnd(22)} ${seconds.toFixed(2).padStart(7)} s  (${busy.toFixed(2)} s CPU)  ${describe(result)}  peak RSS ${String(rss)} MiB`,
  );
  return result;
}

try {
  const root = fromText(directory);
  const members = await timed(
    'walk and sort',
    () => Promise.resolve(layerMembers([...walk(root, '' as BytePath)])),
    (all) => `${String(all.length)} members`,
  );
  const bytes = members.reduce((total, { size }) => total + size, 0);
  for (const level of levels.length === 0 ? [6] : levels.map(Number)) {
    const blob = join(scratch, 'blob');
    const layer = await timed(
      `writeLayer, level ${String(level)}`,
      () => writeLayer(members, fileStore(blob), { compression: { kind: 'gzip', level } }),
      ({ descriptor }) => `${(bytes / 1e6).toFixed(0)} MB -> ${(descriptor.size / 1e6).toFixed(1)} MB`,
    );
    let entries = 0;
    const handler = { entry: () => void (entries += 1), data: () => undefined, end: () => undefined };
    await timed(
      'applyLayer',
      () => applyLayer(createReadStream(blob, { highWaterMark: 1 << 18 }), 'gzip', layer.diffId, handler),
      () => `${String(entries)} entries`,
    );
    await timed(
      `tar | gzip -${String(level)}`,
      () =>
        Promise.resolve(
          spawnSync('sh', ['-c', `tar -C "$1" -cf - . | gzip -${String(level)} | wc -c`, 'sh', directory]),
        ),
      ({ stdout }) => `-> ${(Number(stdout.toString()) / 1e6).toFixed(1)} MB`,
    );
  }
} finally {
  rmSync(scratch, { recursive: true });
}
