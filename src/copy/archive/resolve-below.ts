import { type BytePath, components, joinPath, parentPath, toText } from '../../bytes/index.ts';
import { BuildError } from '../../errors/index.ts';
import type { RootView } from '../../rootfs/index.ts';

/** As many as the kernel follows (path_resolution(7)). */
const MAX_LINKS = 40;

/**
 * Where an archive's entry goes: `name` below the resolved directory `top`, the links on its way followed (the last
 * component's too where `followLast`), absolute ones counted from `top`. What follows a missing component stays as
 * written. Throws ARCHIVE where a link leads out of `top`; at the root of the image `..` stops, as everywhere.
 */
export function resolveBelow(view: RootView, top: BytePath, name: BytePath, followLast: boolean): BytePath {
  // The component to look at next is at the end.
  const pending = components(name).reverse();
  let at = top;
  let links = 0;
  for (let part = pending.pop(); part !== undefined; part = pending.pop()) {
    if (part === '..') {
      if (at === top && top !== '/') throw escape(name);
      at = at === top ? top : parentPath(at);
      continue;
    }
    const next = joinPath(at, part);
    const isLink = (pending.length > 0 || followLast) && view.lstat(next)?.type === 'symlink';
    if (!isLink) {
      at = next;
      continue;
    }
    if (++links > MAX_LINKS)
      throw new BuildError('ARCHIVE', `${toText(name)}: too many levels of symbolic links`);
    const target = view.readlink(next);
    if (target.startsWith('/')) at = top;
    pending.push(...components(target).reverse());
  }
  return at;
}

function escape(name: BytePath): BuildError {
  return new BuildError(
    'ARCHIVE',
    `${toText(name)}: a symbolic link leads out of the directory it is unpacked into`,
    {
      hint: 'unpack the archive into the root of the image, or in a RUN instruction',
    },
  );
}
