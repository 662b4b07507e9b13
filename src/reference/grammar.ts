/** The productions of distribution/reference's grammar, as anchored expressions that match in linear time. */
const DOMAIN_PART = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])';
const DOMAIN = `${DOMAIN_PART}(?:\\.${DOMAIN_PART})*`;
const IPV6 = '\\[(?:[a-fA-F0-9:]+)\\]';
const PATH_PART = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';

const REGISTRY = new RegExp(`^(?:${DOMAIN}|${IPV6})(?::[0-9]+)?$`);
const REPOSITORY = new RegExp(`^${PATH_PART}(?:/${PATH_PART})*$`);
const TAG = /^[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,127}$/;
const HEX_ID = /^[a-f0-9]{64}$/;

/** Longest repository path that distribution accepts, in characters. */
export const MAX_REPOSITORY_LENGTH = 255;
/** Longest tag, in characters. */
export const MAX_TAG_LENGTH = 128;

/** True for `host[:port]`. */
export function isRegistry(text: string): boolean {
  return REGISTRY.test(text);
}

/** True for a well-formed repository path of any length. */
export function isRepository(text: string): boolean {
  return REPOSITORY.test(text);
}

/** True for a well-formed tag. */
export function isTag(text: string): boolean {
  return TAG.test(text);
}

/** True for what Docker takes as an image ID, and therefore never as a name. */
export function isImageId(text: string): boolean {
  return HEX_ID.test(text);
}
