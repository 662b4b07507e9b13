/**
 * Ends the process with a sentence where Node is too old, before anything is loaded that fails there in words of its own.
 * To be imported first, for its effect.
 */
const OLDEST = 24;

if (Number.parseInt(process.versions.node, 10) < OLDEST) {
  process.stderr.write(
    `ts-kaniko needs Node ${OLDEST} or newer; this is ${process.versions.node} (${process.execPath}).\n` +
      'hint: in a checkout, `npx node dist/cli/index.js` runs the Node that npm ci installs\n',
  );
  process.exit(2);
}
