import { doctorJson, doctorText, probeIsolation } from '../isolation/index.ts';
import type { RunDoctor } from '../request/index.ts';

/** Tries what this machine offers and tells it, for people and as data. */
export const runDoctor: RunDoctor = async ({ env, scratchParent }) => {
  const report = await probeIsolation({ scratchParent, env });
  return { text: doctorText(report), json: doctorJson(report) };
};
