import { doctorJson, doctorText, findScratch, probeIsolation, tryPlaces } from '../isolation/index.ts';
import type { RunDoctor } from '../request/index.ts';

/** Tries what this machine offers and tells it, for people and as data. */
export const runDoctor: RunDoctor = async ({ env, scratchParent }) => {
  const wish = { env, wanted: scratchParent, everything: true };
  const { place, report: tried } = await findScratch(wish);
  const report = tried ?? (await probeIsolation({ env, scratchParent: place.directory, everything: true }));
  const scratch = { chosen: place.directory, places: await tryPlaces(wish, report.chosen) };
  return { text: doctorText(report, scratch), json: doctorJson(report, scratch) };
};
