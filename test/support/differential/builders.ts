import type { Case } from './cases.ts';

/** What a builder made of a case: an image in an OCI layout, or nothing but its words. */
export type Built = { readonly layout: string } | { readonly failure: string };

/** One of the programs that are compared. */
export interface ImageBuilder {
  /** Its name and version. */
  readonly name: string;
  /** What a command begins with that has the network this builder has; nothing where that is the machine's. */
  readonly enter?: readonly string[];
  /**
   * Builds a case into a directory that is not there yet. Its context is what the case names (a URL, an archive), or else
   * the directory.
   */
  build(it: Case, context: string, output: string): Promise<Built>;
}
