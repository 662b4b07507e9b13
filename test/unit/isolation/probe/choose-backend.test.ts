import { describe, expect, it } from 'vitest';
import {
  choiceLine,
  chooseBackend,
  type Backend,
  type ProbeReport,
} from '../../../../src/isolation/index.ts';
import { someFacts } from '../../../support/machine-facts.ts';

const ready = (name: Backend['name']): Backend => ({
  name,
  ownProc: true,
  overlay: true,
  userxattr: false,
  ownership: 'disk',
});
const report: ProbeReport = {
  facts: someFacts(),
  results: [
    { backend: 'mountns', usable: false, reason: 'not root', remedy: 'run as root' },
    { backend: 'userns-full', usable: true, reason: '', ready: ready('userns-full') },
    { backend: 'none', usable: true, reason: 'builds without RUN only', ready: ready('none') },
  ],
  chosen: 'userns-full',
  overlay: true,
  ownProc: true,
};

describe('choosing a backend', () => {
  it('takes the first that works, and says in one line why none of the better ones', () => {
    const backend = chooseBackend(report, 'auto');
    expect(choiceLine(report, backend)).toBe('isolation: userns-full (mountns: not root)');
  });

  it('refuses one that was asked for and does not work, with all that was tried', () => {
    expect(() => chooseBackend(report, 'mountns')).toThrow(/--isolation=mountns does not work/);
  });
});
