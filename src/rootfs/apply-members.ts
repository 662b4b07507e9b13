import { closeSync, constants, openSync, readSync } from 'node:fs';
import { toFs, toText, type BytePath } from '../bytes/index.ts';
import { BuildError } from '../errors/index.ts';
import type { TarMember } from '../tar/index.ts';
import { EntryWriter } from './entry-writer.ts';
import { naming } from './naming-errors.ts';
import type { UnpackOptions } from './unpack-options.ts';

const BLOCK_BYTES = 1 << 18;
const OPEN_SOURCE = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * Puts the members of a layer that was planned (COPY, ADD, WORKDIR) onto disk: owners, modes, times and capabilities as
 * they say, never through a link out of the directory. Throws ARCHIVE for members that make no sense, FILESYSTEM where
 * a source changed its size.
 */
export function applyMembers(
  directory: BytePath,
  members: readonly TarMember[],
  options: UnpackOptions = {},
): void {
  if (members.length === 0) return;
  const writer = new EntryWriter(directory, options);
  const buffer = Buffer.allocUnsafe(BLOCK_BYTES);
  try {
    for (const member of members) {
      naming(member.path, () => {
        writer.begin(member);
        writeContent(writer, member, buffer);
        writer.end();
      });
    }
    writer.finish();
  } finally {
    writer.abort();
  }
}

function writeContent(writer: EntryWriter, member: TarMember, buffer: Buffer): void {
  const { content, size } = member;
  if (member.type !== 'file' || size === 0) return;
  if (content === undefined)
    throw new BuildError('INTERNAL', `${toText(member.path)} came without its content`);
  const written =
    content.kind === 'bytes' ? writeBytes(writer, content.bytes) : copy(writer, content.path, buffer);
  if (written !== size) {
    throw new BuildError('FILESYSTEM', `it has ${written} bytes now, but ${size} when it was planned`, {
      hint: 'something changed the file during the build',
    });
  }
}

function writeBytes(writer: EntryWriter, bytes: Uint8Array): number {
  writer.write(bytes);
  return bytes.length;
}

function copy(writer: EntryWriter, source: BytePath, buffer: Buffer): number {
  const fd = openSync(toFs(source), OPEN_SOURCE);
  try {
    let total = 0;
    for (let n = read(fd, buffer); n > 0; n = read(fd, buffer)) {
      writer.write(buffer.subarray(0, n));
      total += n;
    }
    return total;
  } finally {
    closeSync(fd);
  }
}

function read(fd: number, buffer: Buffer): number {
  return readSync(fd, buffer, 0, buffer.length, null);
}
