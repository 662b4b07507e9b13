#!/usr/bin/env node
import './require-node.ts';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import {
  runBuild,
  runCacheTask,
  runCall,
  runDoctor,
  runExplain,
  runPublish,
  runWarmer,
} from '../builder/index.ts';
import { closeInheritedDescriptors, hideArguments } from '../process/index.ts';
import { main } from './main.ts';

/** The version in package.json, which lies two directories above this file in src/ as in dist/. */
function version(): string {
  const file = fileURLToPath(import.meta.resolve('../../package.json'));
  return z.object({ version: z.string() }).parse(JSON.parse(readFileSync(file, 'utf8'))).version;
}

/** A reader of the log that went away (`| head`) ends no build. */
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}

/** Bytes to standard output; a reader that went away ends the output. */
function writeBytes(chunk: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(chunk, (error) => {
      if (error === null || error === undefined) resolve();
      else reject(error);
    });
  });
}

// What our own parent left open would be passed on to RUN; a Node parent's channel is ours to keep.
if (process.send === undefined) closeInheritedDescriptors(process.env);
// Build arguments and addresses among them are nobody else's to read.
hideArguments('ts-kaniko');
process.stdout.on('error', ignoreClosedPipe);
process.stderr.on('error', ignoreClosedPipe);

const status = await main(process.argv.slice(2), process.env, {
  runBuild,
  runCacheTask,
  runCall,
  runDoctor,
  runExplain,
  runPublish,
  runWarmer,
  // Standard input is opened when it is read, not before.
  stdin: { [Symbol.asyncIterator]: () => process.stdin[Symbol.asyncIterator]() },
  stdout: process.stdout,
  writeBytes,
  stderr: process.stderr,
  signals: process,
  exit: (code) => process.exit(code),
  version,
  cwd: process.cwd(),
  machine: process.arch,
  now: () => performance.now(),
  time: () => new Date().toISOString(),
  exists: existsSync,
});
// A connection to a registry that is still open must not hold the process.
process.exit(status);
