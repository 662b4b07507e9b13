/** Names of images: `registry/repository[:tag][@digest]`, in the grammar of distribution/reference. */
export { formatReference, formatRepository, type Reference } from './reference.ts';
export { familiarName, withDefaultTag } from './tagging.ts';
export { DEFAULT_REGISTRY } from './split-registry.ts';
export { isRegistry, isRepository, isTag } from './grammar.ts';
export { parseReference } from './parse-reference.ts';
