/**
 * Which folder of src/ may import which: a folder sees lower levels only, through their index.ts.
 * ARCHITECTURE.md prints the same table; test/unit/architecture.test.ts compares the two.
 */
const allowed = require('./scripts/import-table.json');

/** Packages and builtins that have one home. */
const only = {
  'node_modules/undici/': ['http'],
  'node_modules/tar-stream/': ['tar'],
  'node_modules/@actions/': ['action'],
  '^(node:)?child_process$': ['process'],
};

const error = (rule) => ({ severity: 'error', ...rule });

module.exports = {
  forbidden: [
    error({ name: 'no-circular', from: {}, to: { circular: true } }),
    error({
      name: 'no-reach-in',
      comment: "another folder's parts are reached through its index.ts",
      from: { path: '^src/([^/]+)/' },
      to: { path: '^src/[^/]+/', pathNot: ['^src/$1/', '^src/[^/]+/index[.]ts$'] },
    }),
    ...Object.entries(allowed).map(([folder, lower]) =>
      error({
        name: `${folder}-imports`,
        from: { path: `^src/${folder}/` },
        to: { path: '^src/', pathNot: `^src/(${[folder, ...lower].join('|')})/` },
      }),
    ),
    ...Object.entries(only).map(([path, homes]) =>
      error({
        name: `only-${homes.join('-')}`,
        from: { path: '^src/', pathNot: `^src/(${homes.join('|')})/` },
        to: { path },
      }),
    ),
    error({
      name: 'unlisted-folder',
      from: { path: '^src/([^/]+)/', pathNot: `^src/(${Object.keys(allowed).join('|')})/` },
      to: {},
    }),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
