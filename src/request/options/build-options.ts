import { type OptionSpec } from './option.ts';

/** What is built. */
export const BUILD_OPTIONS = [
  {
    about:
      'The build context: a directory, an archive (tar://file, tar://stdin or -), a git repository (https://host/repo.git#ref:dir) or the URL of an archive',
    treatment: 'works',
    flag: { name: 'context', short: 'c', kind: 'text', value: 'context' },
    input: { name: 'context', kind: 'text' },
    note: 'where it is not given: GITHUB_WORKSPACE, CI_PROJECT_DIR, DRONE_WORKSPACE, an existing /workspace, or the working directory; see docs/contexts.md',
  },
  {
    about: 'Directory below the context that is the context in its place',
    treatment: 'works',
    flag: { name: 'context-sub-path', kind: 'text', value: 'dir' },
    input: { name: 'context-sub-path', kind: 'text' },
  },
  {
    about:
      'Named context for FROM, COPY --from and RUN --mount=from: name=directory, name=docker-image://reference, name=oci-layout://dir[:tag][@digest], name=URL or git repository',
    treatment: 'works',
    flag: { name: 'build-context', kind: 'list', value: 'name=context' },
    input: { name: 'build-contexts', kind: 'list', ignoreComma: true },
  },
  {
    about:
      'How the git repository of the context is fetched, as kaniko has it: branch=,depth=,recurse-submodules=,insecure-skip-tls=',
    treatment: 'works',
    flag: { name: 'git', kind: 'text', value: 'options' },
    input: { name: 'git', kind: 'text' },
    note: 'one commit of one ref is fetched, with its submodules, where nothing else is said',
  },
  {
    about: 'Token for git repositories on the host of GITHUB_SERVER_URL',
    treatment: 'works',
    input: { name: 'github-token', kind: 'text', initial: '${{ github.token }}' },
    note: 'on the command line: the environment variables GIT_AUTH_TOKEN.<host> and GIT_AUTH_TOKEN',
  },
  {
    about:
      'The Dockerfile: a path looked for from the working directory, then from the context; a URL; or - for standard input',
    treatment: 'works',
    flag: { name: 'dockerfile', short: 'f', kind: 'text', aliases: ['file'], value: 'path' },
    input: { name: 'file', kind: 'text' },
    note: 'where it is not given: Dockerfile, then Containerfile in the context',
  },
  {
    about: 'Stage to build, by name or index; the last one where it is not given',
    treatment: 'works',
    flag: { name: 'target', kind: 'list', value: 'stage' },
    input: { name: 'target', kind: 'text' },
    note: 'as a flag it can be repeated: the first stage is exported, the others are only built',
  },
  {
    about: 'Answer a question in place of building: check, outline or targets; ,format=json answers as JSON',
    treatment: 'works',
    flag: { name: 'call', kind: 'text', value: 'question' },
    input: { name: 'call', kind: 'text', initial: 'build' },
    note: 'check fails where there are warnings, unless ,ignorestatus=true is added; registries are asked for nothing but the configs of base images',
  },
  {
    about: 'The same as --call=check',
    treatment: 'works',
    flag: { name: 'check', kind: 'flag' },
  },
  {
    about: 'Build argument KEY=value; KEY alone takes the environment variable of that name where it is set',
    treatment: 'works',
    flag: { name: 'build-arg', kind: 'list', value: 'key=value' },
    input: { name: 'build-args', kind: 'list', ignoreComma: true },
  },
  {
    about: 'Label of the image, key=value',
    treatment: 'works',
    flag: { name: 'label', kind: 'list', value: 'key=value' },
    input: { name: 'labels', kind: 'list', ignoreComma: true },
  },
  {
    about: 'Platform of the image, os/arch[/variant]; the machine’s own where it is not given',
    treatment: 'works',
    flag: {
      name: 'custom-platform',
      kind: 'list',
      aliases: ['platform'],
      deprecated: ['customPlatform'],
      value: 'platform',
    },
    input: { name: 'platforms', kind: 'list' },
    note: 'several become one image index; RUN needs a machine that executes its programs: see docs/outputs.md',
  },
  {
    about: 'Set every timestamp of new layers and of the image to the epoch, or to SOURCE_DATE_EPOCH',
    treatment: 'works',
    flag: { name: 'reproducible', kind: 'flag' },
    input: { name: 'reproducible', kind: 'flag', initial: 'false' },
  },
  {
    about:
      'Creation time in seconds since 1970, and the latest time of files in new layers; context takes the time of a git commit',
    treatment: 'works',
    flag: { name: 'source-date-epoch', kind: 'text', value: 'seconds' },
    input: { name: 'source-date-epoch', kind: 'text' },
    note: 'the build argument SOURCE_DATE_EPOCH wins over it, and it wins over the environment variable of that name',
  },
  {
    about: 'One layer a stage in place of one a step',
    treatment: 'works',
    flag: { name: 'single-snapshot', kind: 'flag' },
    input: { name: 'single-snapshot', kind: 'flag', initial: 'false' },
  },
  {
    about: 'kaniko’s way to find changes: full, redo or time',
    treatment: 'works',
    flag: { name: 'snapshot-mode', kind: 'text', deprecated: ['snapshotMode'], value: 'mode' },
    note: 'any of the three is taken and changes nothing: changes are always found exactly',
  },
  {
    about: 'Absolute path in the image that never enters a layer',
    treatment: 'works',
    flag: { name: 'ignore-path', kind: 'list', value: 'path' },
    input: { name: 'ignore-path', kind: 'list' },
  },
  {
    about:
      'How RUN is kept apart: auto, mountns, sudo, userns-identity, userns-full, inplace, userns-single, proot or none',
    treatment: 'works',
    flag: { name: 'isolation', kind: 'text', value: 'way' },
    input: { name: 'isolation', kind: 'text', initial: 'auto' },
    note: 'doctor tells which of them this machine has',
  },
  {
    about:
      'Let isolation inplace remove what is in the root directory of a container that is not the builder’s own',
    treatment: 'works',
    flag: { name: 'force', kind: 'flag' },
    input: { name: 'force', kind: 'flag', initial: 'false' },
    note: 'only the builder’s image can take over a root, and never that of a machine',
  },
  {
    about: 'Fail a RUN whose changes of owner could not be recorded, where owners are recorded and not set',
    treatment: 'works',
    flag: { name: 'strict-ownership', kind: 'flag' },
    input: { name: 'strict-ownership', kind: 'flag', initial: 'false' },
    note: 'matters for userns-single and proot only; see docs/isolation.md',
  },
  {
    about: 'How changes are found: auto, overlay or scan',
    treatment: 'works',
    flag: { name: 'snapshotter', kind: 'text', value: 'way' },
    input: { name: 'snapshotter', kind: 'text', initial: 'auto' },
  },
] as const satisfies readonly OptionSpec[];
