import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { succeed, type Ids } from './execute.ts';
import { missing } from './requirements.ts';

/** A user without privileges, with a range of subordinate ids. */
export interface Account extends Ids {
  readonly name: string;
  readonly home: string;
  remove(): Promise<void>;
}

/** Why no such user can be made here; undefined where one can. */
export function noAccount(): string | undefined {
  return missing({ root: true, tools: ['useradd', 'userdel', 'newuidmap', 'newgidmap'] });
}

/** Makes a throw-away user. Its files are gone with it. */
export async function makeAccount(): Promise<Account> {
  const name = `tsk-${randomBytes(4).toString('hex')}`;
  await succeed('useradd', ['--create-home', '--user-group', '--shell', '/bin/sh', name]);
  if (!readFileSync('/etc/subuid', 'utf8').includes(`${name}:`)) await giveSubordinateIds(name);
  const number = async (flag: string): Promise<number> => Number(await succeed('id', [flag, name]));
  return {
    name,
    home: `/home/${name}`,
    uid: await number('-u'),
    gid: await number('-g'),
    remove: async () => void (await succeed('userdel', ['--force', '--remove', name])),
  };
}

/** Where useradd gives none: the range after the last one given. */
async function giveSubordinateIds(name: string): Promise<void> {
  const ends = ['/etc/subuid', '/etc/subgid'].flatMap((file) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .map((line) => line.split(':'))
      .map(([, first, count]) => Number(first ?? 0) + Number(count ?? 0)),
  );
  const first = Math.max(100_000, ...ends.filter(Number.isFinite));
  const range = `${first}-${first + 65_535}`;
  await succeed('usermod', ['--add-subuids', range, '--add-subgids', range, name]);
}
