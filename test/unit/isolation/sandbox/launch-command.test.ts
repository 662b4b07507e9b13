import { describe, expect, it } from 'vitest';
import { launchCommand } from '../../../../src/isolation/sandbox/launch-command.ts';
import type { SandboxSpec } from '../../../../src/isolation/sandbox/sandbox-spec.ts';

const names = ['sh', 'mount', 'umount', 'unshare', 'setpriv', 'env', 'cp', 'mkfifo', 'nsenter'];
const tools = {
  ...Object.fromEntries(names.map((name) => [name, `/t/${name}`])),
  ip: undefined,
} as SandboxSpec['tools'];
const spec = (more: Partial<SandboxSpec> = {}): SandboxSpec => ({
  rootDir: '/r',
  args: ['prog', 'a b'],
  env: { PATH: '/bin' },
  workdir: '/w',
  user: { uid: 7, gid: 8, groups: [] },
  ownProc: true,
  network: 'host',
  binds: [],
  scratchDir: '/s',
  tools,
  onOutput: () => undefined,
  ...more,
});

const files = { log: '/log', pretending: ['/pretend', '--'], userNamespace: '/ns' };

describe('launchCommand', () => {
  it('drops groups and capabilities, sets the environment, changes root and user, in this order', () => {
    expect(launchCommand(spec(), '3', files)).toEqual([
      ...['/t/setpriv', '--regid', '8', '--clear-groups', '--ambient-caps=-all', '--inh-caps=-all'],
      ...['--bounding-set', '-all,+chown,+dac_override', '--'],
      ...['/t/env', '-i', '--', 'PATH=/bin'],
      ...['/t/unshare', '--root=.', '--wd=/w', '--setuid', '7', '--', 'prog', 'a b'],
    ]);
  });

  it('names supplementary groups', () => {
    const words = launchCommand(spec({ user: { uid: 0, gid: 0, groups: [1, 2] } }), '0', files);
    expect(words.slice(3, 5)).toEqual(['--groups', '1,2']);
  });

  it.each(['LD_PRELOAD', 'LD_LIBRARY_PATH', 'GLIBC_TUNABLES', 'GCONV_PATH', 'MALLOC_CHECK_', 'LOCPATH'])(
    'lets %s reach no program of the machine',
    (name) => {
      const words = launchCommand(spec({ env: { PATH: '/bin', [name]: '/evil' } }), '0', files);
      const at = words.indexOf(`${name}=/evil`);
      expect(words.slice(at - 1, at)).toEqual(['env']);
      expect(at).toBeGreaterThan(words.indexOf('--root=.'));
    },
  );

  it.each([
    ['an empty name', { '': 'x' }],
    ['a name with =', { 'A=B': 'x' }],
    ['NUL in a value', { A: 'x\0' }],
    ['NUL in a name', { 'A\0': 'x' }],
  ])('refuses %s', (_, env) => {
    expect(() => launchCommand(spec({ env }), '0', files)).toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED' }),
    );
  });

  it('has one user who is root record what happens to owners', () => {
    const words = launchCommand(
      spec({ oneUser: { strace: '/t/strace' }, user: { uid: 0, gid: 0, groups: [5] } }),
      '3',
      files,
    );
    expect(words).toEqual([
      ...files.pretending,
      ...['/t/setpriv', '--ambient-caps=-all', '--inh-caps=-all'],
      ...['--bounding-set', '-all,+chown,+dac_override', '--', '/t/env', '-i', '--', 'PATH=/bin'],
      ...['/t/unshare', '--root=.', '--wd=/w', '--', 'prog', 'a b'],
    ]);
  });

  it('gives one user the number of another, who needs no recording', () => {
    const words = launchCommand(spec({ oneUser: { strace: '/t/strace' } }), '3', files);
    expect(words).toEqual([
      ...['/t/env', '-i', '--', 'PATH=/bin', '/t/nsenter', '--preserve-credentials', '--user=/ns'],
      ...['--root=.', '--wdns=/w', '--', 'prog', 'a b'],
    ]);
  });

  it('refuses NUL in an argument', () => {
    expect(() => launchCommand(spec({ args: ['a\0b'] }), '0', files)).toThrow(/NUL/);
  });
});
