import { runBuild, runCall, runDoctor, runPublish } from '../builder/index.ts';
import { sweepStale } from '../isolation/index.ts';
import { closeInheritedDescriptors } from '../process/index.ts';
import { githubArchives } from './archives.ts';
import { githubRunner } from './github-runner.ts';
import { main } from './main.ts';

// What our own parent left open would be passed on to RUN; a Node parent's channel is ours to keep.
if (process.send === undefined) closeInheritedDescriptors(process.env);

const status = await main(process.env, {
  runner: githubRunner(process.env),
  runBuild,
  runCall,
  runDoctor,
  runPublish,
  sweepScratch: async (parent, env) => void (await sweepStale([parent], { PATH: env['PATH'] ?? '' })),
  archives: githubArchives,
  signals: process,
  exit: (code) => process.exit(code),
  cwd: process.cwd(),
  machine: process.arch,
  now: () => performance.now(),
});
// A connection to a registry that is still open must not hold the process.
process.exit(status);
