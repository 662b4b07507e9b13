import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const ENV = {
  PATH: process.env['PATH'] ?? '/usr/bin:/bin',
  HOME: '/nonexistent',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_AUTHOR_NAME: 'A',
  GIT_AUTHOR_EMAIL: 'a@example.com',
  GIT_COMMITTER_NAME: 'A',
  GIT_COMMITTER_EMAIL: 'a@example.com',
  GIT_AUTHOR_DATE: '2026-01-02T03:04:05Z',
  GIT_COMMITTER_DATE: '2026-01-02T03:04:05Z',
};

/** A git repository of a test. */
export interface Repository {
  /** Its working tree. */
  readonly path: string;
  /** Runs git in it; its output, trimmed. */
  git(...args: string[]): string;
  /** Commits these files (`-> target` makes a symbolic link) on the present branch; the commit. */
  commit(files: Readonly<Record<string, string>>): string;
}

/** A directory full of repositories. */
export interface Repositories {
  /** Where they lie: `<directory>/<name>/.git` is the repository, which servers find as `<name>/.git`. */
  readonly directory: string;
  create(name: string): Repository;
  /** A fresh empty directory. */
  scratch(): string;
  close(): void;
}

/** Makes a place for repositories. */
export function openRepositories(): Repositories {
  const directory = mkdtempSync(join(tmpdir(), 'git-repositories-'));
  let count = 0;
  return {
    directory,
    create: (name) => createRepository(join(directory, name)),
    scratch: () => {
      const path = join(directory, `scratch${count++}`);
      mkdirSync(path);
      return path;
    },
    close: () => rmSync(directory, { recursive: true, force: true }),
  };
}

function createRepository(path: string): Repository {
  mkdirSync(path);
  const git = (...args: string[]): string =>
    execFileSync('git', ['-c', 'protocol.file.allow=always', ...args], {
      cwd: path,
      env: ENV,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trim();
  git('init', '--quiet', '--initial-branch=main');
  return {
    path,
    git,
    commit: (files) => {
      for (const [name, text] of Object.entries(files)) put(join(path, name), text);
      git('add', '--all');
      git('commit', '--quiet', '--allow-empty', '-m', 'change');
      return git('rev-parse', 'HEAD');
    },
  };
}

function put(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  rmSync(path, { force: true });
  if (text.startsWith('-> ')) symlinkSync(text.slice(3), path);
  else writeFileSync(path, text);
}
