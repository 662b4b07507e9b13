/** Paths as bytes. No file access here. */
export {
  baseName,
  comparePaths,
  components,
  fromBytes,
  fromText,
  joinPath,
  parentPath,
  toBytes,
  toFs,
  toText,
} from './byte-path.ts';
export type { BytePath } from './byte-path.ts';
