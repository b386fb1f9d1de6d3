import { checkWireTypes } from '@virgate/vdsm';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { readDomainFacts } from '../domain-xml/facts.ts';
import { emptyGuestFacts, mergeAgentVersion, mergeGuestInfo } from '../guest/facts.ts';
import { readSample } from './sample.ts';
import { devicesHash, responseTimeoutMs, statusReport, vmStatistics } from './statistics.ts';
import type { StatisticsContext } from './statistics.ts';
import { nextState } from './status.ts';
import { newVm } from './vm.ts';
import type { Vm } from './vm.ts';

const xml = readFileSync(new URL('../domain-xml/fixtures/prepared-domain.xml', import.meta.url), 'utf8')
  .replace('port="-1" autoport', 'port="5901" autoport')
  .replace('<source bridge="virgate0"/>', '<source bridge="virgate0"/><target dev="vnet0"/>');
const context = (nowMs: number): StatisticsContext => ({ nowMs, statusTime: 2_147_483_647 + nowMs, displayAddress: (address) => address });

function counters(change: Record<string, number> = {}): Record<string, number | string> {
  return {
    'cpu.time': 1e9,
    'cpu.system': 2e8,
    'vcpu.current': 1,
    'balloon.current': 262_144,
    'balloon.unused': 131_072,
    'balloon.available': 250_000,
    'block.count': 1,
    'block.0.name': 'vda',
    'block.0.path': '/x',
    'block.0.rd.reqs': 100,
    'block.0.rd.bytes': 4096,
    'block.0.rd.times': 1000,
    'block.0.wr.reqs': 0,
    'block.0.wr.bytes': 0,
    'block.0.wr.times': 0,
    'net.count': 1,
    'net.0.name': 'vnet0',
    'net.0.rx.bytes': 5,
    'net.0.tx.bytes': 6,
    ...change,
  };
}

function runningVm(): Vm {
  const vm = newVm('6a1f0a2e-5b1c-4d9e-8f00-1b2c3d4e5f60', 'web1', 0);
  vm.state = nextState(vm.state, { type: 'started', paused: false }, 1000);
  vm.facts = readDomainFacts(xml);
  vm.samples = [
    readSample(counters(), 10_000),
    readSample(
      counters({ 'cpu.time': 6e9, 'cpu.system': 1.2e9, 'block.0.rd.reqs': 110, 'block.0.rd.bytes': 14_096, 'block.0.rd.times': 6000 }),
      20_000,
    ),
  ];
  vm.answeredMs = 20_000;
  const told = {
    hostname: 'web1',
    'os.id': 'debian',
    'os.kernel-release': '6.1',
    'timezone.offset': 0,
    'if.count': 1,
    'if.0.name': 'eth0',
    'if.0.addr.count': 1,
    'if.0.addr.0.addr': '10.0.0.5',
    'fs.count': 1,
    'fs.0.mountpoint': '/',
    'fs.0.total-bytes': 10,
    'fs.0.used-bytes': 5,
  };
  vm.guest = mergeAgentVersion(mergeGuestInfo(emptyGuestFacts(), told, 15_000), '{"return":{"version":"7.2"}}');
  return vm;
}

describe('statistics of a VM', () => {
  it('have the wire types of the contract in every state', () => {
    const vm = runningVm();
    assert.deepEqual(checkWireTypes('vmStatistics', vmStatistics(vm, context(21_000))), []);
    vm.watchdog = { action: 'reset', timeSeconds: 1.5 };
    vm.samples = [];
    vm.guest = emptyGuestFacts();
    assert.deepEqual(checkWireTypes('vmStatistics', vmStatistics(vm, context(21_000))), []);
    assert.deepEqual(checkWireTypes('vmStatistics', vmStatistics(newVm(vm.vmId, 'new', 0), context(1))), []);
    vm.state = nextState(vm.state, { type: 'stopped', detail: 'shutdown' }, 22_000);
    assert.deepEqual(checkWireTypes('vmStatistics', vmStatistics(vm, context(23_000))), []);
  });

  it('are computed between two samples', () => {
    const stats = vmStatistics(runningVm(), context(21_500));
    assert.deepEqual([stats['cpuUser'], stats['cpuSys'], stats['elapsedTime'], stats['memUsage']], ['40.00', '10.00', '20', '50']);
    const disk = (stats['disks'] as Record<string, Record<string, string>>)['vda'];
    assert.deepEqual(
      [disk?.['readRate'], disk?.['readLatency'], disk?.['imageID']],
      ['1000', '500', '33333333-0000-4000-8000-000000000003'],
    );
    const nic = (stats['network'] as Record<string, Record<string, string>>)['vnet0'];
    assert.deepEqual([nic?.['macAddr'], nic?.['rx'], nic?.['tx']], ['56:6f:1a:2b:00:01', '5', '6']);
    assert.deepEqual(stats['displayInfo'], [{ type: 'vnc', port: '5901', tlsPort: '-1', ipAddress: '127.0.0.1' }]);
    assert.deepEqual(stats['balloonInfo'], {
      balloon_max: '262144',
      balloon_min: '131072',
      balloon_cur: '262144',
      balloon_target: '262144',
      ballooning_enabled: true,
    });
  });

  it('say when QEMU does not answer', () => {
    const vm = runningVm();
    assert.equal(vmStatistics(vm, context(20_000 + responseTimeoutMs))['monitorResponse'], '0');
    assert.equal(vmStatistics(vm, context(20_001 + responseTimeoutMs))['monitorResponse'], '-1');
    const skipped = counters();
    delete skipped['block.0.rd.reqs'];
    assert.equal(readSample(skipped, 1).complete, false);
    assert.equal(readSample(counters(), 1).complete, true);
  });

  it('change their hash with a device or with what the guest calls its disks', () => {
    const vm = runningVm();
    const first = devicesHash(vm);
    assert.match(first, /^\d+$/);
    assert.equal(devicesHash(runningVm()), first);
    vm.guest = { ...vm.guest, diskMapping: { a: { name: '/dev/vda' } } };
    const second = devicesHash(vm);
    assert.notEqual(second, first);
    vm.facts = readDomainFacts(xml.replace('bus="usb"', 'bus="ps2"'));
    assert.notEqual(devicesHash(vm), second);
  });

  it('tell of an end with its reason', () => {
    const vm = runningVm();
    vm.state = nextState(vm.state, { type: 'stopped', detail: 'failed' }, 22_000);
    const report = statusReport(vm, context(23_000));
    assert.deepEqual([report['status'], report['exitCode'], report['exitReason']], ['Down', 1, 2]);
  });
});
