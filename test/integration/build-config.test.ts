import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { probeIsolation } from '../../src/isolation/index.ts';
import { openSite, type BuildSite } from '../support/build-site.ts';
import { titled } from '../support/e2e/requirements.ts';

const { chosen } = await probeIsolation({ scratchParent: '/tmp', env: process.env });
const noRun =
  chosen === undefined || chosen === 'none' ? 'nothing on this machine can execute RUN' : undefined;

const DOCKERFILE = `# escape=\\
ARG VERSION=2
FROM base AS parent
ARG VERSION UNSET
MAINTAINER a person <a@example.org>
LABEL from-base=kept version=1
CMD ["inherited"]
ENV PATH=/opt/bin:$PATH APP=/srv/app
ENV QUOTED "it's \\"so\\""
RUN mkdir -p /srv && echo "$VERSION" > /srv/version
RUN ["touch", "/srv/two words"]
RUN true

FROM parent
LABEL version=\${VERSION} "with space"="a b"
WORKDIR $APP
COPY --chown=33:44 --chmod=750 file.txt $APP/renamed.txt
COPY --from=parent /srv/version ./
ADD <<notes /notes
some notes
notes
WORKDIR sub
WORKDIR /srv/app/./sub/
USER 0:0
EXPOSE 53/UDP 8000-8001 8000/tcp
VOLUME /data /logs
STOPSIGNAL SIGQUIT
HEALTHCHECK --interval=5s --start-interval=1s --retries=2 CMD ["check", "it"]
SHELL ["/bin/bash", "-ec"]
ENTRYPOINT ["/entry", "two words"]
CMD exec "$APP" --serve
ONBUILD COPY . /srv
ONBUILD RUN echo $APP
`;

let site: BuildSite;
beforeAll(async () => {
  site = await openSite();
});
afterAll(async () => {
  await site.close();
});

describe.skipIf(noRun !== undefined)(titled('config and history of an image', noRun), () => {
  it('are what BuildKit writes for the same Dockerfile', async () => {
    const expected: unknown = JSON.parse(
      readFileSync(join(import.meta.dirname, 'build-config.json'), 'utf8'),
    );
    const { image } = await site.built(DOCKERFILE, {
      files: { 'file.txt': 'text' },
      spec: { sourceDateEpoch: 1_700_000_000 },
    });
    const { author, config, created, history = [] } = image.config;
    const rows = (history ?? []).slice(1);
    expect({
      author,
      config,
      history: rows.map((row) => [row.created_by, row.empty_layer === true ? 'empty' : 'layer']),
    }).toEqual(expected);
    expect(created).toBe('2023-11-14T22:13:20Z');
    for (const row of rows)
      expect(row).toMatchObject({ created: '2023-11-14T22:13:20Z', comment: 'buildkit.dockerfile.v0' });
    expect(image.layers).toHaveLength(1 + rows.filter((row) => row.empty_layer !== true).length);
  });
});
