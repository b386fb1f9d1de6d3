import assert from 'node:assert/strict';
import { test } from 'node:test';
import { disksOf } from './live-view.ts';

const id = (digit: string): string => `${digit.repeat(8)}-${digit.repeat(4)}-${digit.repeat(4)}-${digit.repeat(4)}-${digit.repeat(12)}`;
const path = (domain: string, disk: string, volume: string): string => `/data/${id(domain)}/images/${id(disk)}/${id(volume)}`;

test('the chain of each disk is read from the domain, the volume that is written to first', () => {
  const xml = `<domain><devices><disk type='file' device='disk'><driver name='qemu'/><source file='${path('a', '1', '3')}' index='5'/>
    <backingStore type='file' index='4'><source file='${path('a', '1', '2')}'/><backingStore/></backingStore>
    <mirror type='file' job='copy' ready='yes'><source file='${path('b', '1', '3')}'/></mirror><target dev='vda'/></disk>
    <disk type='file' device='cdrom'><target dev='sdc'/></disk>
    <disk type='block' device='disk'><source dev='${path('a', '4', '6')}'/><target dev='vdb'/></disk></devices></domain>`;
  assert.deepEqual(
    [...disksOf(xml)],
    [
      [id('1'), { storageDomainId: id('a'), volumes: [id('3'), id('2')], mirror: { storageDomainId: id('b'), isReady: true } }],
      [id('4'), { storageDomainId: id('a'), volumes: [id('6')], mirror: null }],
    ],
  );
});
