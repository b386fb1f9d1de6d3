import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { child, childrenNamed, descend, element, textOf } from './element.ts';
import type { DomainEnvironment, PreparedDisks, PreparedVolume } from './environment.ts';
import { metadataNamespace, readVmMetadata, setVmMetadata } from './metadata.ts';
import { parseXml, XmlError, xmlLimits } from './parse.ts';
import { prepareDomain } from './prepare.ts';
import { relocateDomain } from './relocate.ts';
import { DomainRequestError, readDomainRequest } from './request.ts';
import { writeXml } from './write.ts';

const vmId = '6a1f0a2e-5b1c-4d9e-8f00-1b2c3d4e5f60';
const engineXml = readFileSync(new URL('fixtures/engine-domain.xml', import.meta.url), 'utf8');

const environment: DomainEnvironment = {
  acceleration: 'tcg',
  cpu: { usableModels: new Set(['Nehalem', 'Westmere']), fallbackModel: 'Westmere' },
  host: { osName: 'Debian', osVersion: '12-7', serial: 'host-serial' },
  graphicsTypes: new Set(['vnc']),
  spiceTls: false,
  videoModels: new Set(['vga', 'virtio']),
  networkFilters: new Set(['vdsm-no-mac-spoofing']),
  displayAddresses: new Map([['ovirtmgmt', '127.0.0.1']]),
  switchFilters: new Set(['vdsm-no-mac-spoofing']),
  bridges: new Map([['ovirtmgmt', { name: 'virgate0' }]]),
  integrationBridge: 'br-int',
  unpluggedBridge: 'virgate0-off',
  controlGroups: false,
  ioThreadsServeNbd: true,
  channelsDirectory: '/data/run/channels',
  consolesDirectory: '/data/run/consoles',
  firmwareExists: () => false,
};
const disks: PreparedDisks = {
  volumes: new Map([['vda', { path: '/data/run/storage/22/33/44', format: 'qcow2' }]]),
  payloads: new Map([['sdd', '/data/run/payload/x.iso']]),
};
const prepare = (xml = engineXml, changes: Partial<DomainEnvironment> = {}) =>
  prepareDomain(readDomainRequest(vmId, xml), { ...environment, ...changes }, disks, { startTime: 1_700_000_000.5 });
const withDevice = (device: string): string => engineXml.replace('<emulator>', `${device}<emulator>`);

describe('preparing the domain of VM.create', () => {
  it('takes disks from I/O threads where QEMU cannot serve them by NBD from there', () => {
    assert.match(writeXml(prepare()), /iothread="1"/);
    assert.doesNotMatch(writeXml(prepare(engineXml, { ioThreadsServeNbd: false })), /iothread=/);
  });

  it('gives the document that libvirt starts', () => {
    const golden = readFileSync(new URL('fixtures/prepared-domain.xml', import.meta.url), 'utf8');
    assert.equal(`${writeXml(prepare())}\n`, golden);
  });

  it('shows a LUN as the block device that it is here, or by its target', () => {
    const lun = `<disk snapshot="no" type="block" device="lun" sgio="unfiltered"><target dev="sdx" bus="scsi"/><source dev="/dev/mapper/36001"><reservations managed="yes"/></source>
      <driver name="qemu" io="native" type="raw" cache="none"/></disk>`;
    const metadata = '<ovirt-vm:device devtype="disk" name="sdx"><ovirt-vm:GUID>36001</ovirt-vm:GUID></ovirt-vm:device>';
    const request = readDomainRequest(vmId, withDevice(lun).replace('</ovirt-vm:vm>', `${metadata}</ovirt-vm:vm>`));
    assert.deepEqual(request.disks.find(({ target }) => target === 'sdx')?.source, { kind: 'lun', guid: '36001' });
    const shown = (ready: PreparedVolume): string =>
      writeXml(prepareDomain(request, environment, { ...disks, volumes: new Map([...disks.volumes, ['sdx', ready]]) }, {})).replaceAll(
        />\s+</g,
        '><',
      );
    const here = shown({ path: '/dev/mapper/36001', format: 'raw', isBlockDevice: true });
    assert.match(
      here,
      /type="block" device="lun" sgio="unfiltered"><target dev="sdx" bus="scsi"\/><source dev="\/dev\/mapper\/36001"><reservations/,
    );
    const network = { host: '10.0.0.7', port: 3260, name: 'iqn.2026-01.org.example:disks/1', login: { user: 'bob', secretId: vmId } };
    const away = shown({ path: '', format: 'raw', network });
    assert.match(
      away,
      /type="network" device="lun"><target dev="sdx" bus="scsi"\/><source protocol="iscsi" name="iqn.2026-01.org.example:disks\/1"><host/,
    );
    assert.match(away, /<auth username="bob"><secret type="iscsi" uuid="6a1f0a2e[^>]*\/><\/auth><\/source>/);
    assert.doesNotMatch(away, /reservations|sgio|36001"/);
    assert.throws(
      () => readDomainRequest(vmId, withDevice(lun).replace('</ovirt-vm:vm>', `${metadata.replace('36001', '../sda')}</ovirt-vm:vm>`)),
      /usable name/,
    );
  });

  it('keeps what was written for KVM on a host with KVM', () => {
    const domain = prepare(engineXml, { acceleration: 'kvm', controlGroups: true });
    assert.equal(domain.attributes.get('type'), 'kvm');
    assert.equal(descend(domain, 'cpu', 'feature')?.attributes.get('name'), 'pcid');
    assert.ok(descend(domain, 'features', 'hyperv'));
    assert.equal(textOf(descend(domain, 'cputune', 'shares')), '2048');
  });

  it('replaces a CPU that software emulation has not', () => {
    for (const cpu of ['<cpu match="exact"><model>EPYC</model>', '<cpu mode="host-passthrough" migratable="on">']) {
      const domain = prepare(engineXml.replace('<cpu match="exact">\n    <model>Westmere</model>', cpu));
      assert.equal(textOf(descend(domain, 'cpu', 'model')), 'Westmere');
      assert.equal(descend(domain, 'cpu')?.attributes.get('mode'), 'custom');
      assert.ok(descend(domain, 'cpu', 'topology'));
    }
  });

  it('opens no console before its ticket, also when the engine sets no password', () => {
    const xml = engineXml.replace(/ passwd="[^"]*"/, '').replace(/ passwdValidTo="[^"]*"/, '');
    const devices = childrenNamed(prepare(xml), 'devices')[0] ?? element('none');
    assert.equal(child(devices, 'graphics')?.attributes.get('passwdValidTo'), '1970-01-01T00:00:01');
  });

  it('keeps SPICE where QEMU has it and serves VNC where not', () => {
    const xml = engineXml
      .replace('<graphics type="vnc"', '<graphics type="spice" tlsPort="-1"')
      .replace(
        '</graphics>',
        '<channel name="main" mode="secure"/></graphics><channel type="spicevmc"><target type="virtio" name="com.redhat.spice.0"/></channel>',
      );
    const devices = (changes: Partial<DomainEnvironment>) => childrenNamed(prepare(xml, changes), 'devices')[0] ?? element('none');
    const spice = devices({ graphicsTypes: new Set(['spice', 'vnc']) });
    assert.equal(child(spice, 'graphics')?.attributes.get('type'), 'spice');
    assert.equal(child(spice, 'graphics')?.attributes.has('tlsPort'), false);
    assert.equal(childrenNamed(spice, 'channel').length, 3);
    const mode = (found: ReturnType<typeof element>): string | undefined =>
      child(child(found, 'graphics') ?? found, 'channel')?.attributes.get('mode');
    assert.equal(mode(spice), 'any');
    const secured = devices({ graphicsTypes: new Set(['spice', 'vnc']), spiceTls: true });
    assert.equal(child(secured, 'graphics')?.attributes.get('tlsPort'), '-1');
    assert.equal(mode(secured), 'secure');
    const vnc = devices({});
    assert.equal(child(vnc, 'graphics')?.attributes.get('type'), 'vnc');
    assert.equal(childrenNamed(vnc, 'channel').length, 2);
  });

  it('lets libvirt choose the path of a socket that would be too long', () => {
    const domain = prepare(engineXml, { channelsDirectory: `/${'x'.repeat(60)}`, consolesDirectory: `/${'x'.repeat(80)}` });
    const devices = child(domain, 'devices') ?? element('none');
    for (const channel of childrenNamed(devices, 'channel')) assert.equal(child(channel, 'source'), undefined);
    assert.equal(child(devices, 'console')?.attributes.get('type'), 'pty');
  });

  it('lets libvirt choose firmware of the same kind when the named file is not there', () => {
    const firmware =
      '<loader readonly="yes" secure="yes" type="pflash">/usr/share/OVMF/OVMF_CODE.secboot.fd</loader><nvram template="/usr/share/OVMF/OVMF_VARS.secboot.fd">/etc/passwd</nvram>';
    const xml = engineXml.replace('<smbios mode="sysinfo"/>', firmware);
    const chosen = descend(prepare(xml), 'os');
    assert.ok(chosen);
    assert.equal(chosen.attributes.get('firmware'), 'efi');
    assert.equal(descend(chosen, 'firmware', 'feature')?.attributes.get('enabled'), 'yes');
    const kept = descend(prepare(xml, { firmwareExists: () => true }), 'os');
    assert.ok(kept);
    assert.equal(textOf(child(kept, 'loader')), '/usr/share/OVMF/OVMF_CODE.secboot.fd');
    for (const os of [kept, chosen]) assert.match(textOf(child(os, 'nvram')), /^\/var\/lib\/libvirt\/qemu\/nvram\/[0-9a-f-]{36}\.fd$/);
  });

  it('connects a NIC to its port of OVN, which keeps its name wherever the VM goes on', () => {
    const port = '0d9c2f64-7a55-4b7e-9d1f-3c1c0a4f2b11';
    const custom = `<ovirt-vm:custom><ovirt-vm:provider_type>EXTERNAL_NETWORK</ovirt-vm:provider_type><ovirt-vm:plugin_type>OVIRT_PROVIDER_OVN</ovirt-vm:plugin_type><ovirt-vm:vnic_id>${port}</ovirt-vm:vnic_id></ovirt-vm:custom>`;
    const plain = engineXml.replace('<filterref filter="vdsm-no-mac-spoofing"/>', '');
    const onOvn = plain.replace('<ovirt-vm:network>ovirtmgmt</ovirt-vm:network>', custom);
    const connected =
      /<source bridge=.br-int.\/>[^]*<virtualport type=.openvswitch.>\s*<parameters interfaceid=.0d9c2f64-7a55-4b7e-9d1f-3c1c0a4f2b11.\/>/;
    const here = prepare(onOvn);
    assert.match(writeXml(here), connected);
    relocateDomain(here, environment, { volumes: new Map(), payloads: new Map() }, {});
    assert.match(writeXml(here), connected);
    assert.throws(() => prepare(onOvn, { integrationBridge: undefined }), /no chassis of OVN/);
    assert.throws(() => prepare(onOvn.replaceAll(port, '../x')), /named by a UUID/);
  });

  it('says which network, filter or display network the host lacks', () => {
    assert.throws(() => prepare(engineXml, { bridges: new Map() }), /no network 'ovirtmgmt'/);
    assert.throws(() => prepare(engineXml, { networkFilters: new Set() }), /network filter 'vdsm-no-mac-spoofing'/);
    assert.throws(() => prepare(engineXml, { displayAddresses: new Map([['other', '::1']]) }), /display network 'ovirtmgmt'/);
  });
});

describe('reading the domain of VM.create', () => {
  it('finds the volumes by their metadata, else by their path', () => {
    const byMetadata = readDomainRequest(vmId, engineXml).disks.find((disk) => disk.target === 'vda');
    const byPath = readDomainRequest(vmId, engineXml.replace('devtype="disk" name="vda"', 'devtype="disk" name="vdz"')).disks.find(
      (disk) => disk.target === 'vda',
    );
    assert.equal(byMetadata?.source.kind, 'volume');
    assert.deepEqual(byPath?.source, byMetadata?.source);
  });

  it('takes reboot behaviour and pause from the document', () => {
    const request = readDomainRequest(vmId, engineXml);
    assert.equal(request.destroyOnReboot, true);
    assert.equal(request.launchPaused, false);
    assert.equal(
      readDomainRequest(vmId, engineXml.replace('<ovirt-vm:launchPaused>false', '<ovirt-vm:launchPaused>true')).launchPaused,
      true,
    );
  });

  for (const [what, xml] of Object.entries({
    'another UUID': engineXml.replace(`<uuid>${vmId}`, '<uuid>6a1f0a2e-5b1c-4d9e-8f00-1b2c3d4e5f61'),
    'a file of the host as a disk': engineXml
      .replace(/name="vda">[\s\S]*?<\/ovirt-vm:device>/, 'name="vdz"/>')
      .replace(/file="\/rhev[^"]*"/, 'file="/etc/shadow"'),
    'a backing chain from outside': withDevice(
      '<disk type="file" device="disk"><target dev="vdb"/><backingStore type="file"><format type="raw"/><source file="/etc/shadow"/></backingStore></disk>',
    ),
    'a pool volume as a disk': withDevice('<disk type="volume" device="disk"><source pool="p" volume="v"/><target dev="vdb"/></disk>'),
    'a directory of the host': withDevice('<filesystem type="mount"><source dir="/"/><target dir="root"/></filesystem>'),
    'a serial port into a file': withDevice('<serial type="file"><source path="/etc/cron.d/x"/></serial>'),
    'a log of a serial port': withDevice('<serial type="pty"><log file="/etc/cron.d/x"/></serial>'),
    'a smart card from files': withDevice('<smartcard mode="host-certificates"><database>/etc</database></smartcard>'),
    'a kernel from a file': engineXml.replace('<os>', '<os><initrd>/etc/shadow</initrd>'),
    'arguments for QEMU': engineXml.replace(
      '<devices>',
      '<qemu:commandline xmlns:qemu="http://libvirt.org/schemas/domain/qemu/1.0"/><devices>',
    ),
    'random numbers from a file': engineXml.replace('/dev/urandom', '/etc/shadow'),
    'two disks with one target': withDevice('<disk type="file" device="cdrom"><target dev="vda"/></disk>'),
    'no domain': '<network><uuid>x</uuid></network>',
  })) {
    it(`refuses ${what}`, () => {
      assert.throws(() => readDomainRequest(vmId, xml), DomainRequestError);
    });
  }
});

describe('XML', () => {
  it('refuses document types, entities, depth, size and broken documents', () => {
    const bomb = '<!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><domain>&b;</domain>';
    const deep = '<a>'.repeat(xmlLimits.depth + 1) + '</a>'.repeat(xmlLimits.depth + 1);
    const wide = `<a>${'<b/>'.repeat(xmlLimits.elements)}</a>`;
    const large = `<a>${'x'.repeat(xmlLimits.characters)}</a>`;
    for (const text of [bomb, deep, wide, large, '', '<a>', '<a>&x;</a>', '<a b="1" b="2"/>', '<a>\u0000</a>', '<p:a/>']) {
      assert.throws(() => parseXml(text), XmlError);
    }
  });

  it('writes what it reads, and never lets text become markup', () => {
    const evil = `"/><evil a='1'>&amp;]]>\r\n\t\u202E😀`;
    const text = writeXml(element('a', { b: evil }, [element('c', {}, [evil])]));
    const read = parseXml(text);
    assert.equal(read.attributes.get('b'), evil);
    assert.deepEqual(child(read, 'c')?.children, [evil]);
    assert.equal(read.children.filter((node) => typeof node !== 'string').length, 1);
    for (const bad of ['\u0000', '\u001B', '\uD800', '\uFFFE']) assert.throws(() => writeXml(element('a', {}, [bad])), XmlError);
    assert.throws(() => writeXml(element('a b')), XmlError);
  });
});

describe('metadata', () => {
  it('types its leaves and skips what nests', () => {
    const metadata = readVmMetadata(parseXml(engineXml));
    assert.equal(metadata.values['minGuaranteedMemoryMb'], 128);
    assert.equal(metadata.values['clusterVersion'], '4.7');
    assert.equal(metadata.values['device'], undefined);
    assert.deepEqual(metadata.custom, { sap_agent: 'true' });
    assert.equal(metadata.devices.length, 3);
  });

  it('sets, replaces and removes leaves, with their types', () => {
    const domain = element('domain');
    setVmMetadata(domain, { startTime: 1.5, destroy_on_reboot: true, exitMessage: '<b>', exitCode: 1 });
    setVmMetadata(domain, { exitCode: undefined, startTime: 2 });
    const text = writeXml(domain);
    assert.ok(text.includes(`xmlns:ovirt-vm="${metadataNamespace.vm}"`));
    assert.deepEqual(readVmMetadata(parseXml(text)).values, { destroy_on_reboot: true, exitMessage: '<b>', startTime: 2 });
  });
});
