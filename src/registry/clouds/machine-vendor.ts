import { join } from 'node:path';
import { type Vendor } from './cloud-tools.ts';
import { readOptionalFile } from './secret-file.ts';

/** Azure's machines, and no other of Microsoft's, carry this tag. */
const AZURE_TAG = '7783-7084-3265-9085-8269-3286-77';

/**
 * Whose machine this is, by what its firmware says. Metadata services are asked only where one is known to be: elsewhere
 * the question would wait for nobody, or for somebody else.
 */
export function machineVendor(firmware = '/sys/class/dmi/id'): Vendor {
  const read = (name: string): string => readOptionalFile(join(firmware, name))?.trim() ?? '';
  if (/^Google/.test(read('product_name'))) return 'google';
  if (/^Amazon/.test(read('sys_vendor')) || /^Amazon/.test(read('board_vendor'))) return 'amazon';
  return read('chassis_asset_tag') === AZURE_TAG ? 'microsoft' : 'other';
}
