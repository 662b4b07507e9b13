import { BuildError } from '../errors/index.ts';

/** A `--chmod` value. */
export interface ModeChange {
  /** The mode copied files and directories get, 0..0o7777, from the one they had. */
  apply(mode: number, isDirectory: boolean): number;
  /** Mode of directories made on the way to the destination; symbolic values do not touch those. */
  readonly parentMode: number;
}

export const DEFAULT_PARENT_MODE = 0o755;

/** A `--chmod` value, octal up to 7777 or symbolic as chmod(1) has it (`u=rwX,go-w`). Throws DOCKERFILE_SEMANTICS. */
export function parseChmod(text: string): ModeChange {
  if (/^[0-7]+$/.test(text) && Number.parseInt(text, 8) <= 0o7777) {
    const mode = Number.parseInt(text, 8);
    return { apply: () => mode, parentMode: mode & 0o777 };
  }
  if (/^[0-9]/.test(text) || text === '')
    throw invalid(text, 'it should be an octal number between 0 and 07777');
  const changes = text.split(',').flatMap((clause) => parseClause(clause, text));
  return {
    apply: (mode, isDirectory) =>
      changes.reduce((now, change) => change(now, { before: mode, isDirectory }), mode),
    parentMode: DEFAULT_PARENT_MODE,
  };
}

function invalid(text: string, why: string): BuildError {
  return new BuildError('DOCKERFILE_SEMANTICS', `invalid chmod parameter: '${text}'. ${why}`, {
    hint: 'write it like --chmod=755 or --chmod=u=rwX,go=rX',
  });
}

interface Subject {
  readonly before: number;
  readonly isDirectory: boolean;
}
type Change = (mode: number, subject: Subject) => number;

const STICKY = 0o1000;
const ALL = 0o6777;
const ONLY_OTHERS = 0o007;
const WHO: Readonly<Record<string, number>> = { u: 0o4700, g: 0o2070, o: ONLY_OTHERS, a: ALL };
const PERMISSIONS: Readonly<Record<string, number>> = { r: 0o444, w: 0o222, x: 0o111 };
const SHIFTS: Readonly<Record<string, number>> = { u: 6, g: 3, o: 0 };

/** `[ugoa]*([+=-][rwxXstugo]*)+`. Without a class of users all are meant. */
function parseClause(clause: string, whole: string): Change[] {
  const parsed = /^([ugoa]*)((?:[+=-][rwxXstugo]*)+)$/.exec(clause);
  if (parsed === null) throw invalid(whole, 'it is neither octal nor symbolic');
  const who = [...(parsed[1] ?? '')].reduce((bits, user) => bits | (WHO[user] ?? 0), 0);
  return [...(parsed[2] ?? '').matchAll(/([+=-])([rwxXstugo]*)/g)].flatMap(([, operator, permissions]) =>
    new Operation(operator ?? '', who).changes(permissions ?? ''),
  );
}

/** One operator with its permissions. BSD's setmode, which BuildKit follows, in what it does with odd combinations too. */
class Operation {
  readonly #operator: string;
  readonly #changes: Change[] = [];
  #who: number;
  #bits = 0;
  #executable = 0;
  #assigned = false;

  constructor(operator: string, who: number) {
    this.#operator = operator;
    this.#who = who;
  }

  changes(permissions: string): Change[] {
    for (const permission of permissions) this.#add(permission);
    if (this.#bits !== 0 || (this.#operator === '=' && !this.#assigned)) this.#flushBits();
    this.#flushExecutable();
    return this.#changes;
  }

  #add(permission: string): void {
    const onlyOthers = this.#who !== 0 && (this.#who & ~ONLY_OTHERS) === 0;
    if (permission === 's') this.#bits |= onlyOthers ? 0 : 0o6000;
    else if (permission === 't' && !onlyOthers) {
      this.#who |= STICKY;
      this.#bits |= STICKY;
    } else if (permission === 'X' && this.#operator !== '-') this.#executable = 0o111;
    else if (permission === 'X') this.#bits |= 0o111;
    else if (SHIFTS[permission] !== undefined) this.#copyClass(SHIFTS[permission]);
    else this.#bits |= PERMISSIONS[permission] ?? 0;
  }

  #scoped(bits: number): number {
    return this.#who === 0 ? bits : bits & this.#who;
  }

  #flushBits(): void {
    const bits = this.#scoped(this.#bits);
    const cleared = this.#who === 0 ? ALL : this.#who;
    if (this.#operator === '+') this.#changes.push((mode) => mode | bits);
    else if (this.#operator === '-') this.#changes.push((mode) => mode & ~bits);
    else this.#changes.push((mode) => (mode & ~cleared) | bits);
    this.#bits = 0;
    this.#assigned = true;
  }

  #flushExecutable(): void {
    const bits = this.#scoped(this.#executable);
    if (bits !== 0)
      this.#changes.push((mode, { before, isDirectory }) =>
        isDirectory || (before & 0o111) !== 0 ? mode | bits : mode,
      );
    this.#executable = 0;
  }

  /** `g=u`: the permissions of one class for others. Set-id bits have no part in it. */
  #copyClass(shift: number): void {
    if (this.#bits !== 0) this.#flushBits();
    this.#assigned = true;
    this.#flushExecutable();
    const [operator, classes] = [this.#operator, this.#scoped(0o777)];
    this.#changes.push((mode) => {
      const value = (((mode >> shift) & 0o007) * 0o111) & classes;
      if (operator === '+') return mode | value;
      if (operator === '-') return mode & ~value;
      return (mode & ~classes) | value;
    });
  }
}
