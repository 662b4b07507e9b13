import * as core from '@actions/core';
import { type Runner } from './runner.ts';

/** The Runner this process was started by. */
export function githubRunner(env: Readonly<Record<string, string | undefined>>): Runner {
  return {
    input: (name, options) => core.getInput(name, { trimWhitespace: options?.raw !== true }),
    setOutput: (name, value) => core.setOutput(name, value),
    mask: (secret) => core.setSecret(secret),
    warn: (message, place) => core.warning(message, { ...place }),
    fail(message, place) {
      core.error(message, { ...place });
      process.exitCode = core.ExitCode.Failure;
    },
    line: (text) => core.info(text),
    startGroup: (title) => core.startGroup(title),
    endGroup: () => core.endGroup(),
    saveState: (name, value) => core.saveState(name, value),
    state: (name) => core.getState(name),
    async summarise(html) {
      if ((env['GITHUB_STEP_SUMMARY'] ?? '') === '') return;
      await core.summary.addRaw(html, true).write();
    },
    isDebug: () => core.isDebug(),
  };
}
