import { BuildError } from '../../errors/index.ts';
import { formatPlatform, parsePlatform } from '../../oci/index.ts';

export const ANNOTATION_LEVELS = ['manifest', 'manifest-descriptor', 'index', 'index-descriptor'] as const;
/** The document, or the descriptor of the document, that an annotation stands in. */
export type AnnotationLevel = (typeof ANNOTATION_LEVELS)[number];

export interface Annotation {
  readonly level: AnnotationLevel;
  /** The platform it is for, as formatPlatform writes it; all of them where it is absent. */
  readonly platform?: string | undefined;
  readonly key: string;
  readonly value: string;
}

const PLACE = /^([a-z-]+)(?:\[([A-Za-z0-9_/-]+)\])?$/;
const ATTRIBUTE = /^annotation(?:-([a-z-]+))?(?:\[([A-Za-z0-9_/-]+)\])?\.(\S+)$/;

/**
 * Annotations as buildx writes them: `[level[platform],level:]key=value`, a level being one of ANNOTATION_LEVELS (manifest
 * where none is given). Throws USAGE.
 */
export function parseAnnotations(entries: readonly string[]): Annotation[] {
  return entries.filter((entry) => entry !== '').flatMap(parseEntry);
}

/** An attribute of an output, `annotation[-level][[platform]].key`, with its value; undefined for other attributes. Throws USAGE. */
export function annotationAttribute(name: string, value: string): Annotation | undefined {
  const match = ATTRIBUTE.exec(name);
  if (match === null) return undefined;
  const [, level, platform, key = ''] = match;
  return { ...placed(level ?? 'manifest', platform, name), key, value };
}

function parseEntry(entry: string): Annotation[] {
  const equals = entry.indexOf('=');
  const name = equals < 0 ? '' : entry.slice(0, equals);
  const colon = name.indexOf(':');
  const [places, key] = colon < 0 ? ['manifest', name] : [name.slice(0, colon), name.slice(colon + 1)];
  if (key.trim() === '') {
    throw new BuildError('USAGE', `invalid annotation ${JSON.stringify(entry)}`, {
      hint: 'write it as key=value, or level:key=value',
    });
  }
  return places.split(',').map((place) => {
    const [, level = place, platform] = PLACE.exec(place) ?? [];
    return { ...placed(level, platform, entry), key, value: entry.slice(equals + 1) };
  });
}

function placed(
  level: string,
  platform: string | undefined,
  text: string,
): Pick<Annotation, 'level' | 'platform'> {
  const known = ANNOTATION_LEVELS.find((one) => one === level);
  if (known === undefined) {
    throw new BuildError('USAGE', `annotation ${JSON.stringify(text)}: no level ${JSON.stringify(level)}`, {
      hint: `one of: ${ANNOTATION_LEVELS.join(', ')}`,
    });
  }
  if (platform === undefined) return { level: known };
  return { level: known, platform: formatPlatform(parsePlatform(platform)) };
}
