import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { machineVendor } from '../../../../src/registry/clouds/machine-vendor.ts';

describe('machineVendor', () => {
  it.each([
    ['google', { product_name: 'Google Compute Engine\n' }],
    ['amazon', { sys_vendor: 'Amazon EC2\n', product_name: 'm5.large\n' }],
    [
      'microsoft',
      { sys_vendor: 'Microsoft Corporation', chassis_asset_tag: '7783-7084-3265-9085-8269-3286-77\n' },
    ],
    ['other', { sys_vendor: 'Microsoft Corporation', chassis_asset_tag: '1' }],
    ['other', { product_name: 'Not Google' }],
    ['other', {}],
  ] as const)('is %s for %j', (vendor, files) => {
    const directory = mkdtempSync(join(tmpdir(), 'firmware-'));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
    expect(machineVendor(directory)).toBe(vendor);
    rmSync(directory, { recursive: true });
  });
});
