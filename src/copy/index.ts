/** COPY, ADD and WORKDIR as pure plans: two trees in, the exact members of the layer out. Nothing here writes into an image. */
export { addNameFromUrl } from './add-name.ts';
export type { AddRequest } from './add-request.ts';
export type { CopyRequest, LiteralFile, Owner } from './copy-request.ts';
export { downloadedFile, heredocFile } from './literal-file.ts';
export { planAdd } from './plan-add.ts';
export { planCopy } from './plan-copy.ts';
export { planWorkdir } from './plan-workdir.ts';
