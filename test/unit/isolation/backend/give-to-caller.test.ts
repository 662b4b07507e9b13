import { lstatSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { giveToCaller } from '../../../../src/isolation/index.ts';

describe('giveToCaller', () => {
  it('changes owners where sudo named some, of links themselves', () => {
    const directory = mkdtempSync(`${tmpdir()}/give-`);
    const [uid, gid] = [process.getuid!(), process.getgid!()];
    const [newUid, newGid] = uid === 0 ? [4321, 4322] : [uid, gid];
    symlinkSync('/nowhere', `${directory}/link`);
    giveToCaller(`${directory}/link`, { SUDO_UID: `${newUid}`, SUDO_GID: `${newGid}` });
    expect(lstatSync(`${directory}/link`)).toMatchObject({ uid: newUid, gid: newGid });
    rmSync(directory, { recursive: true });
  });

  it.each([{}, { SUDO_UID: '1' }, { SUDO_UID: '', SUDO_GID: '' }, { SUDO_UID: 'x', SUDO_GID: '1' }])(
    'does nothing with %j',
    (env) => {
      expect(() => giveToCaller('/no/such/file', env)).not.toThrow();
    },
  );
});
