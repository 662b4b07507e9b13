import type { Case } from './cases.ts';

/** What a builder made of a case: an image in an OCI layout, or nothing but its words. */
export type Built = { readonly layout: string } | { readonly failure: string };

/** One of the programs that are compared. */
export interface ImageBuilder {
  /** Its name and version. */
  readonly name: string;
  /** Builds a case whose context is in a directory, into a directory that is not there yet. */
  build(it: Case, context: string, output: string): Promise<Built>;
}
