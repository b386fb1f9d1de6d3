import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryCall, memoryDevice, memoryDevicesOf, piecesOf, piecesToUnplug } from './memory-devices.ts';

const mib = 1024 ** 2;
const id = '11111111-2222-4333-8444-555555555555';

test('pieces of memory are found in a domain, whichever quotation marks it has', () => {
  const plugged = (memoryCall('vm', memoryDevice(id, 256 * mib), 128 * mib)['params'] as { xml: string }).xml;
  const ours = { alias: `ua-${id}`, bytes: 256 * mib };
  assert.deepEqual(memoryDevicesOf(plugged), [ours]);
  const libvirt = `<memory unit='KiB'>262144</memory><devices><memory model='dimm'>\n<target><size unit='KiB'>131072</size></target><alias name='ua-x'/></memory></devices>`;
  assert.deepEqual(memoryDevicesOf(libvirt + plugged), [{ alias: 'ua-x', bytes: 128 * mib }, ours]);
  assert.deepEqual(memoryDevicesOf('<domain><memory>262144</memory><memory model="nvdimm"/></domain>'), []);
});

test('a guest that needs a small first piece gets one', () => {
  assert.deepEqual(piecesOf(512 * mib, false), [512 * mib]);
  assert.deepEqual(piecesOf(512 * mib, true), [128 * mib, 384 * mib]);
});

test('no more memory goes than is to go', () => {
  const devices = [128, 256, 1024].map((size) => ({ alias: String(size), bytes: size * mib }));
  const names = (size: number): string[] => piecesToUnplug(devices, size * mib).map((device) => device.alias);
  assert.deepEqual([names(64), names(256), names(400), names(2048)], [[], ['256'], ['256', '128'], ['1024', '256', '128']]);
});
