import { ENVIRONMENTS } from '../../test/support/environments/environment.ts';
import type { Outcome, Outcomes } from '../../test/support/environments/outcome.ts';

const HEAD = `<!-- Written by scripts/record-environments.ts from test/environments/outcomes.json; not by hand. -->

# Environments

One Dockerfile (\`test/environments/subject\`) is built in real containers made by runc, each as some CI system starts its
jobs: packages with setgid files, file capabilities and service users, users and \`su\`, owners, modes, hard and symbolic
links, removed directories of the base, every kind of \`RUN --mount\`, stages that copy from each other. Sixteen things
programs expect are checked in a RUN (\`checks.sh\`) that leaves no file whatever it finds, and the image is compared with
the one root of a machine builds (E7), file by file: content, owner, mode, capabilities, links, times of the base, config
and history.

The profile of system calls is the harness's own, written after what Docker documents of its default one; kubelet, AppArmor
and SELinux take no part. \`npm run test:environments\` builds all of them again and compares with this table.

The builder's image builds itself, too: docker/Dockerfile, with apt, a compiler and file capabilities in it, is built by
the image in containers of E1, E3 and E5, and what comes out is compared with what root of the machine makes of it
(\`test/environments/builder-image.test.ts\`).

A hostile RUN (\`test/environments/attacks\`) then tries in each to read the builder's environment, arguments, descriptors, files,
tokens and sockets, to look through other processes, to signal the builder, to write, mount and make devices, to leave a daemon
running and to work in a descriptor; the last column has what succeeded.

| environment | what it is | backend | checks | image | attacks |
| --- | --- | --- | --- | --- | --- |
`;

/** docs/environments.md: the table, then the differences one by one. */
export function environmentsPage(outcomes: Outcomes): string {
  const known = ENVIRONMENTS.flatMap((environment) => {
    const outcome = outcomes[environment.name];
    return outcome === undefined ? [] : [{ environment, outcome }];
  });
  const rows = known.map(({ environment: { name, title }, outcome }) => {
    const cells = [
      name,
      title,
      outcome.backend ?? 'none',
      checksOf(outcome),
      imageOf(outcome),
      attacksOf(outcome),
    ];
    return `| ${cells.join(' | ')} |\n`;
  });
  const sections = known
    .filter(({ outcome }) => (outcome.differences ?? []).length > 0)
    .map(({ environment, outcome }) => differencesOf(environment.name, outcome));
  return `${HEAD}${rows.join('')}${sections.join('')}`;
}

function checksOf({ passed, failed }: Outcome): string {
  if (passed + failed.length === 0) return 'not reached';
  const all = `${passed} of ${passed + failed.length}`;
  return failed.length === 0 ? all : `${all} (not: ${failed.join(', ')})`;
}

function attacksOf({ attacks }: Outcome): string {
  if (attacks === null) return 'nothing runs';
  const { held, succeeded } = attacks;
  if (succeeded.length === 0) return `all ${held} held off`;
  return `${held} of ${held + succeeded.length} held off (not: ${succeeded.join(', ')})`;
}

function imageOf({ status, differences }: Outcome): string {
  if (differences === null) return `refused, exit code ${status}`;
  if (differences.length === 0) return 'equal';
  return `${differences.length} differences, below`;
}

function differencesOf(name: string, { differences }: Outcome): string {
  const lines = (differences ?? []).map((line) => `- \`${line}\`\n`);
  return `\n## ${name}: how its image differs\n\n${lines.join('')}`;
}
