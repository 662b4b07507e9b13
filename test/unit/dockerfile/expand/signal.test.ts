import { expect, it } from 'vitest';
import { isSignal } from '../../../../src/dockerfile/expand/signal.ts';

it.each(['SIGTERM', 'term', 'SigInt', '9', '64', 'RTMIN', 'SIGRTMIN+15', 'rtmax-14', 'SIGPWR'])(
  '%s is one',
  (text) => expect(isSignal(text)).toBe(true),
);

it.each(['', '0', 'SIG', 'SIGSIGTERM', 'FOO', '9x', 'RTMIN+16', 'RTMAX-15', 'RTMIN+0', 'RTMIN+01', ' TERM'])(
  '%j is none',
  (text) => expect(isSignal(text)).toBe(false),
);
