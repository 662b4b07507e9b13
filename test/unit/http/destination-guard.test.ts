import { describe, expect, it } from 'vitest';
import { createHttpClient } from '../../../src/http/index.ts';
import { reachFrom } from '../../../src/http/destination-guard.ts';
import { isInternalAddress, isMetadataAddress } from '../../../src/http/internal-address.ts';
import { serve } from './loopback.ts';

const INTERNAL = [
  '127.0.0.1',
  '127.255.0.9',
  '0.0.0.0',
  '10.0.0.1',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '169.254.169.254',
  '100.64.0.1',
  '224.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  'fd00:ec2::254',
  'fe80::1',
  'fe80::1%eth0',
  'ff02::1',
  '::ffff:127.0.0.1',
  '::ffff:10.0.0.1',
  '::ffff:a9fe:a9fe',
  '64:ff9b::a00:1',
  '2002:7f00:1::',
  '168.63.129.16',
];

describe('addresses', () => {
  it.each(INTERNAL)('%s is internal', (address) => expect(isInternalAddress(address)).toBe(true));
  it.each(['8.8.8.8', '172.32.0.1', '100.128.0.1', '2606:4700::1111', 'h.example'])('%s is not', (address) =>
    expect(isInternalAddress(address)).toBe(false),
  );
  it.each([
    '169.254.169.254',
    '::ffff:169.254.169.254',
    '::a9fe:a9fe',
    '64:ff9b::a9fe:a9fe',
    '2002:a9fe:a9fe::1',
    '100.100.100.200',
    '::ffff:100.100.100.200',
    '168.63.129.16',
    '192.0.0.192',
    'fe80::1',
    'fd00:ec2::254',
  ])('%s is metadata', (address) => expect(isMetadataAddress(address)).toBe(true));
  it.each(['10.0.0.1', '64:ff9b::a00:1', '2002:a00:1::1', '100.100.100.201', '168.63.129.17'])(
    '%s is not metadata',
    (address) => expect(isMetadataAddress(address)).toBe(false),
  );
});

describe('where a server may lead us', () => {
  it.each([
    ['https://8.8.8.8/', 'https://8.8.8.8:1/', 'anywhere'],
    ['https://8.8.8.8/', 'https://1.1.1.1/', 'public'],
    ['https://no-such-host.invalid/', 'https://1.1.1.1/', 'public'],
    ['http://10.0.0.1:5000/', 'http://10.0.0.2/', 'no-metadata'],
    ['http://localhost:5000/', 'http://127.0.0.1/', 'no-metadata'],
    ['http://[::1]:5000/', 'http://127.0.0.1/', 'no-metadata'],
  ])('%s to %s: %s', async (from, to, reach) => {
    expect(await reachFrom(new URL(from), new URL(to))).toBe(reach);
  });
});

describe('a public server that sends us inside', () => {
  it.each([
    'http://127.0.0.1:PORT/',
    'http://localhost:PORT/',
    'http://0.0.0.0:PORT/',
    'http://2130706433:PORT/',
    'http://0177.0.0.1:PORT/',
    'http://0x7f.1:PORT/',
    'http://[::ffff:127.0.0.1]:PORT/',
  ])('%s causes no connection', async (target) => {
    let connections = 0;
    const origin = await serve((_, response) => void response.end());
    const inner = await serve((_, response) => {
      connections += 1;
      response.end();
    });
    const http = createHttpClient({ env: {} });
    const url = target.replace('PORT', new URL(inner).port);
    await expect(http.request({ method: 'GET', url, cameFrom: 'https://8.8.8.8/v2/' })).rejects.toMatchObject(
      { code: 'NETWORK', message: expect.stringContaining('internal address') as string },
    );
    expect(connections).toBe(0);
    // The same target is fine where an internal server named it.
    const fine = await http.request({
      method: 'GET',
      url: `${inner}/`,
      cameFrom: origin.replace('127.0.0.1', 'localhost'),
    });
    expect(fine.status).toBe(200);
    await http.close();
  });

  it('keeps even internal servers from metadata services', async () => {
    const http = createHttpClient({ env: {} });
    const origin = await serve((_, response) => {
      response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data/' }).end();
    });
    await expect(http.request({ method: 'GET', url: origin })).rejects.toThrow(/internal address/);
    await http.close();
  });
});
