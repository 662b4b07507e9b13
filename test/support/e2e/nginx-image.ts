import { basename } from 'node:path';
import type { ContextFile } from './workplace.ts';

/** Modules nobody asks for here: less to compile. */
const WITHOUT = [
  ...[
    'charset',
    'ssi',
    'userid',
    'access',
    'auth_basic',
    'mirror',
    'autoindex',
    'geo',
    'map',
    'split_clients',
  ],
  ...['referer', 'proxy', 'fastcgi', 'uwsgi', 'scgi', 'grpc', 'memcached', 'limit_conn', 'limit_req'],
  ...['empty_gif', 'browser', 'upstream_hash', 'upstream_ip_hash', 'upstream_least_conn', 'upstream_random'],
  ...['upstream_keepalive', 'upstream_zone'],
].map((name) => `--without-http_${name}_module`);

/** The context of a multi-stage build of nginx from its release tarball. */
export function nginxContext(tarball: string): Record<string, ContextFile> {
  const archive = basename(tarball);
  const [, version] = /^nginx_(.*)\.orig\.tar\.gz$/.exec(archive) ?? [];
  return { Dockerfile: dockerfile(archive, `nginx-${version}`), [archive]: { copyOf: tarball } };
}

const dockerfile = (archive: string, directory: string): string => `# nginx from source
ARG BASE=debian:bookworm
FROM \${BASE} AS builder01
RUN apt-get update && \\
    apt-get install -y --no-install-recommends gcc libc6-dev make libpcre2-dev zlib1g-dev libssl-dev
ADD ${archive} /usr/src/
WORKDIR /usr/src/${directory}
RUN ./configure --prefix=/app/nginx --sbin-path=/app/nginx/sbin/nginx \\
      --with-http_ssl_module --with-cc-opt="-O0 -g0" \\
      ${WITHOUT.join(' \\\n      ')} && \\
    make -j2 && make install

FROM \${BASE}
RUN apt-get update && \\
    apt-get install -y --no-install-recommends libpcre2-8-0 zlib1g libssl3 && \\
    rm -rf /var/lib/apt/lists/*
COPY --from=builder01 /app/nginx /app/nginx
WORKDIR /app/nginx
EXPOSE 80
CMD ["./sbin/nginx", "-g", "daemon off;"]
`;
