import { join } from 'node:path';

/** The OCI layout of base images below a directory: apart from the layers of steps, which are cut down to a size. */
export function warmLayout(directory: string): string {
  return join(directory, 'bases');
}
