import { describe, expect, it } from 'vitest';
import { expandMount } from '../../../../src/dockerfile/expand/expand-mount.ts';
import { parseMount } from '../../../../src/dockerfile/parse/mount.ts';

const expanded = (raw: string) =>
  expandMount(parseMount(raw), (value) => value.replaceAll('$T', 'cache').replaceAll('$E', ''));

describe('expandMount', () => {
  it.each([
    ['target=/x', { type: 'bind', target: '/x' }],
    ['type=$T,dst=/x', { type: 'cache', target: '/x' }],
    ['target=/x,type=TMPFS,size=1k', { type: 'tmpfs', target: '/x', size: '1024' }],
    ['target=/x,ro', { type: 'bind', target: '/x', readonly: 'true' }],
    ['target=/x,ro=0', { type: 'bind', target: '/x', readonly: 'false' }],
    ['target=/x,rw', { type: 'bind', target: '/x', readonly: 'false' }],
    ['target=/x,readwrite=F', { type: 'bind', target: '/x', readonly: 'true' }],
    ['target=/x,ro,rw', { type: 'bind', target: '/x', readonly: 'false' }],
    ['target=/x,rw,ro', { type: 'bind', target: '/x', readonly: 'true' }],
    ['required,type=secret,id=a', { type: 'secret', required: 'true', id: 'a' }],
    [
      'type=secret,id=a,env=N,mode=0440,uid=1,gid=2',
      { type: 'secret', id: 'a', env: 'N', mode: '0440', uid: '1', gid: '2' },
    ],
    ['type=ssh', { type: 'ssh' }],
    ['type=cache,target=/x,sharing=LOCKED,id=', { type: 'cache', target: '/x', sharing: 'locked', id: '' }],
    ['type=bind,from=b,source=/s,target=rel', { type: 'bind', from: 'b', source: '/s', target: 'rel' }],
  ])('%s', (raw, expected) => expect(Object.fromEntries(expanded(raw).options)).toEqual(expected));

  it('keeps the text it came from', () =>
    expect(expanded('type=$T,target=/x').raw).toBe('type=$T,target=/x'));

  it.each([
    ['type=chache,target=/x', 'unsupported mount type "chache" (did you mean cache?)'],
    ['type=$E,target=/x', 'unsupported mount type ""'],
    ['type=cache,target=/x,sharing=lock', 'unsupported sharing value "lock" (did you mean locked?)'],
    ['target=/x,ro=maybe', 'invalid value for readonly: maybe'],
    ['type=secret,id=a,required=x', 'invalid value for required: x'],
    ['target=/x,required', "unexpected key 'required' for mount type 'bind'"],
    ['target=/x,sharing=shared', "unexpected key 'sharing' for mount type 'bind'"],
    ['target=/x,size=1', "unexpected key 'size' for mount type 'bind'"],
    ['type=tmpfs,target=/x,mode=755', "unexpected key 'mode' for mount type 'tmpfs'"],
    ['type=secret,id=a,from=b', "unexpected key 'from' for mount type 'secret'"],
    ['type=tmpfs,target=/x,size=big', 'invalid value for size: big'],
    ['type=tmpfs,target=/x,size=99999999p', 'invalid value for size'],
    ['type=cache,target=/x,mode=0o755', 'invalid value 0o755 for mode'],
    ['type=cache,target=/x,mode=888', 'invalid value 888 for mode'],
    ['type=cache,target=/x,uid=-1', 'invalid value -1 for uid'],
    ['type=cache,target=/x,gid=4294967296', 'invalid value 4294967296 for gid'],
    ['type=secret', 'invalid secret mount. one of source, target required'],
    ['type=secret,env=A', 'invalid secret mount. one of source, target required'],
    ['type=secret,source=a,id=b', "both source and id can't be set"],
    ['target=/', 'invalid mount target "/"'],
    ['target=/a/../..', 'invalid mount target "/a/../.."'],
    ['target=/./..//', 'invalid mount target "/./..//"'],
  ])('refuses %s', (raw, message) => expect(() => expanded(raw)).toThrow(message));
});
