import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DomainMigrateFlags } from '@virgate/libvirt';
import { VdsmError } from '@virgate/vdsm';
import { testDomain } from '../agent-fixture/domain.ts';
import { parseXml } from '../domain-xml/parse.ts';
import { writeXml } from '../domain-xml/write.ts';
import { nextAction, readSchedule } from './convergence.ts';
import { allowedPaths, foreignReach, readArrivingDomain, repin } from './document.ts';
import { libvirtFlags } from './hand-over.ts';
import { readAgentAddress, readMigrationOrder } from './order.ts';
import { progressOf } from './progress.ts';

const vmId = '6f9d7c1e-0000-4000-8000-000000000001';
const withCode = (code: number) => (error: unknown) => error instanceof VdsmError && error.code === code;

describe('the order of a migration', () => {
  it('names the other agent in every form that engines send', () => {
    assert.deepEqual(readAgentAddress('host.example:54321', 'dst'), { host: 'host.example', port: 54_321 });
    assert.deepEqual(readAgentAddress('192.0.2.1', 'dst'), { host: '192.0.2.1', port: 54_321 });
    assert.deepEqual(readAgentAddress('[2001:db8::1]:1234', 'dst'), { host: '2001:db8::1', port: 1234 });
    assert.deepEqual(readAgentAddress('2001:db8::1', 'dst'), { host: '2001:db8::1', port: 54_321 });
    for (const wrong of ['', 'a b:1', '-x:1', 'host:0', 'host:99999', '[nonsense]:1', 'host:1/path'])
      assert.throws(() => readAgentAddress(wrong, 'dst'), withCode(91), wrong);
  });

  it('is read with texts for numbers and truth values, and refused where it is not understood', () => {
    const order = readMigrationOrder(vmId, {
      vmId,
      dst: 'b:54321',
      maxBandwidth: '52',
      autoConverge: 'true',
      tunneled: 'false',
      parallel: 2,
    });
    assert.deepEqual([order.maximumMibPerSecond, order.autoConverge, order.parallelConnections, order.outgoingLimit], [52, true, 2, 2]);
    assert.equal(order.dataAddress, 'b');
    assert.throws(() => readMigrationOrder(vmId, { dst: 'b', tunneled: 'true' }), withCode(44));
    assert.throws(() => readMigrationOrder(vmId, {}), withCode(11));
    assert.throws(() => readMigrationOrder(vmId, { dst: 'b', dstqemu: 'a;b' }), withCode(91));
    assert.throws(() => readMigrationOrder(vmId, { dst: 'b', cpusets: ['0; rm'] }), withCode(91));
  });
});

describe('the schedule of convergence', () => {
  const schedule = readSchedule({
    convergenceSchedule: {
      init: [{ name: 'setDowntime', params: ['100'] }],
      stalling: [
        { limit: 1, action: { name: 'setDowntime', params: ['150'] } },
        { limit: -1, action: { name: 'abort', params: [] } },
      ],
    },
  });

  it('brings each action after its rounds, one a round', () => {
    assert.deepEqual(nextAction(schedule.stalling, 1).action, undefined);
    const { action, rest } = nextAction(schedule.stalling, 2);
    assert.deepEqual(action, { name: 'setDowntime', milliseconds: 150 });
    assert.deepEqual(nextAction(rest, 3), { action: { name: 'abort' }, rest: [] });
    assert.deepEqual(nextAction([], 99), { action: undefined, rest: [] });
  });

  it('is refused with actions that nobody knows', () => {
    for (const name of ['explode', undefined])
      assert.throws(() => readSchedule({ convergenceSchedule: { init: [{ name, params: [] }] } }), withCode(91));
    assert.throws(() => readSchedule({ convergenceSchedule: { init: [{ name: 'setDowntime', params: ['0'] }] } }), withCode(91));
  });
});

describe('what libvirt is asked for', () => {
  const postcopy = { convergenceSchedule: { stalling: [{ limit: -1, action: { name: 'postcopy', params: [] } }] } };
  const names = (more: object, isPaused = false): string[] => {
    const flags = libvirtFlags(readMigrationOrder(vmId, { dst: 'b', ...more }), { unsafe: false, isPaused });
    const always = new Set(['LIVE', 'PEER2PEER', 'PERSIST_DEST', 'ABORT_ON_ERROR']);
    return Object.entries(DomainMigrateFlags).flatMap(([name, flag]) => ((flags & flag) !== 0 && !always.has(name) ? [name] : []));
  };

  it('is what the order says', () => {
    assert.deepEqual(names({}), []);
    assert.deepEqual(names({ autoConverge: 'true' }), ['AUTO_CONVERGE']);
    assert.deepEqual(names({ compressed: 'true' }), ['COMPRESSED']);
    assert.deepEqual(names({ encrypted: true, parallel: 2 }), ['TLS', 'PARALLEL']);
    assert.deepEqual(names({ parallel: 2, zerocopy: true }), ['PARALLEL', 'ZEROCOPY']);
    assert.deepEqual(names(postcopy), ['POSTCOPY']);
  });

  it('is nothing that can not be had together', () => {
    assert.deepEqual(names(postcopy, true), []);
    assert.deepEqual(names({ ...postcopy, parallel: 2, zerocopy: true }), ['POSTCOPY']);
    assert.deepEqual(names({ zerocopy: true }), []);
    assert.deepEqual(names({ parallel: 2, zerocopy: true, encrypted: true }), ['TLS', 'PARALLEL']);
  });
});

describe('progress', () => {
  it('never falls, though the guest writes faster than is copied', () => {
    assert.equal(progressOf({ data_total: 100, data_remaining: 40 }, 0).percent, 60);
    assert.equal(progressOf({ data_total: 100, data_remaining: 90 }, 60).percent, 60);
    assert.equal(progressOf({}, 7).percent, 7);
  });
});

describe('the document of a VM that arrives', () => {
  const arriving = () => readArrivingDomain(vmId, testDomain({ vmId }));
  const reach = (xml: string): string | undefined =>
    foreignReach({ vmId, name: `vm-${vmId.slice(0, 8)}` }, xml, allowedPaths(arriving().domain));
  const text = (): string => writeXml(arriving().domain);

  it('may name what was made ready for it, and the emulator', () => {
    assert.equal(reach(text()), undefined);
    assert.equal(reach(text().replace('<devices>', '<devices><emulator>/usr/bin/qemu-system-x86_64</emulator>')), undefined);
  });

  it('may name nothing else of the host', () => {
    const disk = `<disk type='file' device='disk'><source file='/etc/shadow'/><target dev='vdz' bus='virtio'/></disk>`;
    assert.match(reach(text().replace('<devices>', `<devices>${disk}`)) ?? '', /\/etc\/shadow/);
    assert.match(reach(text().replace('<devices>', '<devices><emulator>/tmp/evil</emulator>')) ?? '', /\/tmp\/evil/);
    const lun = `<disk type='network'><source protocol='iscsi' name='iqn.2026-01.org.example:a/1'><host name='10.0.0.7' port='3260'/></source><target dev='vdz' bus='virtio'/></disk>`;
    assert.match(reach(text().replace('<devices>', `<devices>${lun}`)) ?? '', /iqn.2026-01.org.example:a\/1/);
    assert.match(reach(text().replace('<os>', '<os><kernel>/boot/vmlinuz</kernel>')) ?? '', /vmlinuz, which was not made ready/);
    assert.match(
      reach(text().replace('<devices>', "<devices><filesystem type='mount'><source dir='/'/><target dir='x'/></filesystem>")) ?? '',
      /filesystem/,
    );
    assert.match(reach(text().replace(vmId, 'aaaaaaaa-0000-4000-8000-000000000002')) ?? '', /another VM/);
    assert.match(reach('<!DOCTYPE x><domain/>') ?? '', /./);
  });

  it('gets the CPUs that the engine chose', () => {
    const domain = parseXml(
      `<domain><cputune><vcpupin vcpu='0' cpuset='1'/><vcpupin vcpu='1' cpuset='2'/></cputune><numatune><memnode cellid='0' nodeset='0'/></numatune></domain>`,
    );
    repin(domain, ['4', '5-6'], ['1']);
    const written = writeXml(domain);
    assert.match(written, /vcpu="0" cpuset="4"|vcpu='0' cpuset='4'/);
    assert.match(written, /cpuset=["']5-6["']/);
    assert.match(written, /nodeset=["']1["']/);
  });
});
