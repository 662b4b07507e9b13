import { copyFileSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { runSync } from '../../src/process/index.ts';

const BUSYBOX = ['/bin/busybox', '/usr/bin/busybox'].find((path) => existsSync(path));

/** Why no root tree can be made here; undefined where one can. */
export function noBusybox(): string | undefined {
  if (BUSYBOX === undefined) return 'busybox is not installed (apt-get install busybox-static)';
  const linked = runSync('sh', ['-c', `ldd ${BUSYBOX} 2>&1 || :`]).stdout;
  return linked.includes('=>') ? 'busybox is not static (apt-get install busybox-static)' : undefined;
}

/** Fills a directory with the smallest root file system in which a shell and its usual programs run. */
export function makeBusyboxRoot(directory: string): void {
  if (BUSYBOX === undefined) throw new Error(noBusybox());
  for (const name of ['bin', 'dev', 'proc', 'sys', 'etc', 'tmp', 'root', 'srv']) {
    mkdirSync(`${directory}/${name}`, { recursive: true });
  }
  copyFileSync(BUSYBOX, `${directory}/bin/busybox`);
  for (const applet of runSync(BUSYBOX, ['--list']).stdout.trim().split('\n')) {
    if (applet !== 'busybox') symlinkSync('busybox', `${directory}/bin/${applet}`);
  }
  writeFileSync(`${directory}/etc/passwd`, 'root:x:0:0::/root:/bin/sh\nbob:x:1000:1000::/:/bin/sh\n');
  writeFileSync(`${directory}/etc/group`, 'root:x:0:\nbob:x:1000:\n');
  for (const name of ['resolv.conf', 'hosts', 'hostname']) writeFileSync(`${directory}/etc/${name}`, '');
}
