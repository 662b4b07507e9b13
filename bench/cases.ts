import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { nginxTarball } from '../test/support/e2e/nginx-source.ts';

export interface BenchCase {
  readonly about: string;
  /** Fills a context directory, Dockerfile included. */
  prepare(context: string): Promise<void>;
}

const FROM = 'ARG BASE=debian:bookworm\nFROM ${BASE}\n';

export const CASES: Readonly<Record<string, BenchCase>> = {
  'small-steps': {
    about: '20 small RUNs and 5 COPYs',
    prepare: async (context) => {
      mkdirSync(context);
      const steps = Array.from({ length: 20 }, (_, n) => {
        const run = timed(`echo ${n} > /etc/step-${n}`);
        if (n % 4 !== 0) return run;
        writeFileSync(join(context, `file-${n}.txt`), `file ${n}\n`);
        return `COPY file-${n}.txt /srv/\n${run}`;
      });
      write(context, FROM + steps.join('\n'));
      return Promise.resolve();
    },
  },
  'many-files': {
    about: 'a COPY of 20 000 files',
    prepare: async (context) => {
      for (let directory = 0; directory < 200; directory++) {
        mkdirSync(join(context, 'tree', `d${directory}`), { recursive: true });
        for (let file = 0; file < 100; file++)
          writeFileSync(
            join(context, 'tree', `d${directory}`, `f${file}`),
            `${directory} ${file}\n`.repeat(50),
          );
      }
      write(context, `${FROM}COPY tree /srv/tree\n`);
      return Promise.resolve();
    },
  },
  'big-run': {
    about: 'a RUN that makes 100 000 files, then 3 small RUNs',
    prepare: async (context) => {
      mkdirSync(context);
      const make = 'mkdir /many && cd /many && seq 100000 | xargs touch';
      write(
        context,
        FROM + [make, 'echo 1 > /one', 'echo 2 > /two', 'echo 3 > /three'].map(timed).join('\n'),
      );
      return Promise.resolve();
    },
  },
  nginx: {
    about: 'nginx from source in two stages',
    prepare: async (context) => {
      mkdirSync(context);
      const tarball = await nginxTarball();
      copyFileSync(tarball, join(context, basename(tarball)));
      write(context, nginxDockerfile(basename(tarball)));
    },
  },
};

/** A RUN that prints how long its program took. */
function timed(command: string): string {
  return `RUN s=$(date +%s%N); ${command}; r=$?; echo RUN-TOOK-NS $(($(date +%s%N)-s)); exit $r`;
}

function nginxDockerfile(tarball: string): string {
  const install = 'apt-get update -qq && apt-get install -y -qq --no-install-recommends';
  const configure = './configure --prefix=/app/nginx --sbin-path=/app/nginx/sbin/nginx';
  return [
    'ARG BASE=debian:bookworm',
    'FROM ${BASE} AS builder01',
    timed(`${install} gcc make libc6-dev libpcre2-dev zlib1g-dev >/dev/null 2>&1`),
    `ADD ${tarball} /src/`,
    timed(
      `cd /src/nginx-* && ${configure} >/dev/null && make -s -j2 >/dev/null && make -s install >/dev/null`,
    ),
    'FROM ${BASE}',
    timed(`${install} libpcre2-8-0 zlib1g >/dev/null 2>&1`),
    'COPY --from=builder01 /app/nginx /app/nginx',
    'WORKDIR /app/nginx',
    'EXPOSE 80',
    'CMD ["./sbin/nginx","-g","daemon off;"]',
  ].join('\n');
}

function write(context: string, dockerfile: string): void {
  writeFileSync(join(context, 'Dockerfile'), `${dockerfile}\n`);
}
