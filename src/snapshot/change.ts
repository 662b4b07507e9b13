import type { BytePath } from '../bytes/index.ts';
import type { TarMember } from '../tar/index.ts';

/** One difference between two states of a tree; image-spec layer.md#change-types. Paths are relative, without a leading slash. */
export type Change =
  | { readonly kind: 'added' | 'modified'; readonly member: TarMember }
  | { readonly kind: 'removed'; readonly path: BytePath };
