import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  diskSamples,
  guestFileSystems,
  guestMemory,
  hugePageSamples,
  networkUsagePercent,
  nicSamples,
  numaNodeSamples,
  withRates,
} from './device-statistics.ts';

const nic = (rx: number, sampleTime: number) => ({
  vnet0: { macAddr: '02:00:00:00:00:0A', speed: '1000', rx: String(rx), tx: '500', rxDropped: '2', txDropped: '0', sampleTime },
});

test('a NIC has rates from its second sample on, and none when its counters began anew', () => {
  const first = withRates(nicSamples(nic(1_000, 10.5)), {});
  assert.deepEqual(first['vnet0'], {
    mac: '02:00:00:00:00:0a',
    speedMbps: 1000,
    rxBytes: 1000,
    txBytes: 500,
    rxDropped: 2,
    txDropped: 0,
    sampledAtSeconds: 10.5,
  });
  assert.equal(networkUsagePercent(first), undefined, 'unknown, not zero');
  const second = withRates(nicSamples(nic(62_501_000, 11.5)), first);
  assert.equal(second['vnet0']?.rxBytesPerSecond, 62_500_000);
  assert.equal(second['vnet0']?.txBytesPerSecond, 0);
  assert.equal(networkUsagePercent(second), 50);
  const anew = withRates(nicSamples(nic(10, 12.5)), second);
  assert.equal(anew['vnet0']?.rxBytesPerSecond, undefined);
  assert.equal(withRates(nicSamples(nic(20, 12.5)), anew)['vnet0']?.rxBytesPerSecond, undefined, 'the same moment twice');
});

test('disks are known by their images, with latencies in seconds', () => {
  const id = '0a000000-0000-4000-8000-00000000000A';
  const found = diskSamples({ vda: { imageID: id, readRate: '12.5', writeRate: '0.0', readLatency: '2000000', readOps: '7' }, vdb: {} });
  assert.deepEqual(found, {
    [id.toLowerCase()]: { readBytesPerSecond: 12.5, writeBytesPerSecond: 0, readLatencySeconds: 0.002, readOps: 7 },
  });
});

test('NUMA nodes take the mean of their own CPUs', () => {
  const found = numaNodeSamples({
    numaNodeMemFree: { 0: { memFree: '100' }, 1: { memFree: '200' } },
    cpuStatistics: {
      0: { nodeIndex: 0, cpuUser: '10.00', cpuSys: '1.00', cpuIdle: '89.00' },
      1: { nodeIndex: 0, cpuUser: '20.00', cpuSys: '3.00', cpuIdle: '77.00' },
      2: { nodeIndex: 1, cpuUser: '40.00', cpuSys: '5.00', cpuIdle: '55.00' },
    },
  });
  assert.deepEqual(found['0'], { memoryFreeBytes: 100 * 1024 ** 2, cpuUserPercent: 15, cpuSystemPercent: 2, cpuIdlePercent: 83 });
  assert.equal(found['1']?.cpuUserPercent, 40);
});

test('what is missing or nonsense stays unknown', () => {
  assert.deepEqual(guestMemory({ mem_free: '2', mem_unused: 'x' }), { freeBytes: 2048 });
  assert.deepEqual(
    [nicSamples(null), diskSamples('x'), guestMemory(undefined), guestFileSystems({}), hugePageSamples([])],
    [{}, {}, {}, undefined, {}],
  );
  assert.deepEqual(guestFileSystems([{ path: '/', total: '10', used: '1', fs: 'ext4' }]), [
    { path: '/', total: '10', used: '1', fs: 'ext4' },
  ]);
  assert.deepEqual(hugePageSamples({ 2048: { nr_hugepages: 4, 'vm.free_hugepages': 3 }, all: {} }), { 2048: { free: 3, total: 4 } });
});
