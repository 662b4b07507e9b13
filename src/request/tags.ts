import { repositoryOf } from './image-files.ts';

export interface NormalisedTags {
  readonly tags: readonly string[];
  readonly warnings: readonly string[];
}

/**
 * Destination references with their repository part in lower case, as registries demand (a GitHub owner may have
 * capitals), and without duplicates. Tag and digest keep their case. One warning for each reference that changed.
 */
export function normaliseTags(references: readonly string[]): NormalisedTags {
  const warnings: string[] = [];
  const tags = references.map((reference) => {
    const lowered = lowerCaseRepository(reference);
    if (lowered !== reference)
      warnings.push(`repository names are lower case: ${reference} was changed to ${lowered}`);
    return lowered;
  });
  return { tags: [...new Set(tags)], warnings };
}

function lowerCaseRepository(reference: string): string {
  const end = repositoryOf(reference).length;
  return reference.slice(0, end).toLowerCase() + reference.slice(end);
}
