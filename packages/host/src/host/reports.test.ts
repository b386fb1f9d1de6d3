import { checkWireTypes } from '@virgate/vdsm';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { networkCapabilities } from '../network/capabilities.ts';
import type { NetworkMapping } from '../network/capabilities.ts';
import { readLinks, readNameServers } from '../network/facts.ts';
import { networkStatistics, readInterfaceCounters } from '../network/statistics.ts';
import { hardwareInformation, hostCapabilities } from './capabilities.ts';
import { fallbackModel, readHypervisorFacts } from './hypervisor-facts.ts';
import { hostStatistics, readProcessorSample } from './statistics.ts';
import type { HostStatisticsInput } from './statistics.ts';
import { readAssignments, readKdumpStatus, readMemoryInformation, readNumberList } from './system-facts.ts';
import type { SystemFacts } from './system-facts.ts';

const capabilitiesXml = `<capabilities><host><cpu><arch>x86_64</arch><counter name='tsc' frequency='2596142000' scaling='no'/><feature name='ssse3'/></cpu></host>
<guest><os_type>hvm</os_type><arch name='i686'><machine>pc-old</machine></arch></guest>
<guest><os_type>hvm</os_type><arch name='x86_64'><machine canonical='pc-i440fx-7.2'>pc</machine><machine>pc-i440fx-2.12</machine><domain type='qemu'/><domain type='kvm'><machine>pc-q35-4.1</machine></domain></arch></guest></capabilities>`;
const domainCapabilitiesXml = `<domainCapabilities><cpu><mode name='host-model' supported='yes'/><mode name='custom' supported='yes'>
<model usable='no' vendor='Intel'>SandyBridge</model><model usable='yes' vendor='Intel'>Westmere</model><model usable='yes' vendor='Intel'>Nehalem</model><model usable='yes' vendor='AMD'>Opteron_G2</model></mode></cpu>
<devices><graphics supported='yes'><enum name='type'><value>vnc</value></enum></graphics><video><enum name='modelType'><value>vga</value></enum></video></devices></domainCapabilities>`;

const system: SystemFacts = {
  os: { name: 'Debian', version: '12', release: 'bookworm', prettyName: 'Debian GNU/Linux 12' },
  kernelRelease: '6.1.0-41-amd64',
  kernelArguments: 'quiet',
  bootId: '4fb6a96d-25c4-478a-b0d2-49f7e7434c0d',
  cpuModel: 'Some CPU',
  cpuMhz: 2000,
  cpuFlags: ['fpu', 'svm'],
  processors: [0, 1, 2, 3].map((cpuId) => ({ cpuId, numaNode: 0, socketId: 0, dieId: 0, coreId: cpuId >> 1 })),
  onlineCpus: [0, 1, 2, 3],
  numaNodes: [{ id: 0, cpus: [0, 1, 2, 3], totalMemoryKib: 2_097_152, distances: [10] }],
  memoryTotalKib: 2_097_152,
  hugePageSizesKib: [2048],
  hasHardwareRandom: true,
  iscsiInitiatorName: '',
  seLinuxMode: '-1',
  fips: false,
  kdumpStatus: -1,
  hasIommu: false,
  hardware: { manufacturer: '', productName: '', version: '', serialNumber: '', family: '' },
};
const hypervisor = readHypervisorFacts(capabilitiesXml, domainCapabilitiesXml, { libvirt: '9.0.0', qemu: '7.2.22' });

const address = (family: string, local: string, prefixlen: number) => ({ family, local, prefixlen, scope: 'global' });
const links = readLinks(
  [
    {
      ifname: 'lo',
      link_type: 'loopback',
      flags: ['UP', 'LOWER_UP'],
      mtu: 65_536,
      addr_info: [{ family: 'inet', local: '127.0.0.1', prefixlen: 8, scope: 'host' }],
    },
    {
      ifname: 'eth0',
      link_type: 'ether',
      flags: ['UP', 'LOWER_UP'],
      mtu: 1500,
      address: '02:00:00:00:00:01',
      addr_info: [{ ...address('inet', '192.0.2.2', 24), dynamic: true }, address('inet6', 'fd00::2', 64)],
    },
    {
      ifname: 'eth1',
      link_type: 'ether',
      flags: ['UP', 'LOWER_UP'],
      mtu: 1500,
      address: '02:00:00:00:00:02',
      master: 'bond0',
      addr_info: [],
    },
    { ifname: 'wlan0', link_type: 'ether', flags: [], mtu: 1500, address: '02:00:00:00:00:03', addr_info: [] },
    {
      ifname: 'bond0',
      link_type: 'ether',
      flags: ['UP'],
      mtu: 9000,
      address: '02:00:00:00:00:02',
      linkinfo: { info_kind: 'bond', info_data: { mode: 'active-backup', miimon: 100, active_slave: 'eth1' } },
      addr_info: [],
    },
    {
      ifname: 'bond0.7',
      link: 'bond0',
      link_type: 'ether',
      flags: ['UP'],
      mtu: 9000,
      linkinfo: { info_kind: 'vlan', info_data: { id: 7 } },
      addr_info: [],
    },
    {
      ifname: 'virgate0',
      link_type: 'ether',
      flags: ['UP'],
      mtu: 1500,
      linkinfo: { info_kind: 'bridge', info_data: { stp_state: 0 } },
      addr_info: [address('inet', '10.20.30.1', 26)],
    },
    {
      ifname: 'vnet0',
      link_type: 'ether',
      flags: ['UP', 'LOWER_UP'],
      mtu: 1500,
      master: 'virgate0',
      linkinfo: { info_kind: 'tun' },
      addr_info: [],
    },
    { ifname: 'virgate0-off', link_type: 'ether', flags: [], mtu: 1500, linkinfo: { info_kind: 'bridge' }, addr_info: [] },
    { ifname: 'veth_a', link_type: 'ether', flags: ['UP'], mtu: 1500, linkinfo: { info_kind: 'veth' }, addr_info: [] },
  ],
  {
    ipv4: [
      { dev: 'eth0', gateway: '192.0.2.1', metric: 100 },
      { dev: 'eth0', gateway: '192.0.2.9', metric: 200 },
    ],
    ipv6: [],
  },
  new Map([['eth0', 10_000]]),
);
const facts = { links, nameServers: readNameServers('search x\nnameserver 192.0.2.53\n# nameserver 1.2.3.4\n') };
const mapping: NetworkMapping = {
  management: { name: 'ovirtmgmt', bridge: 'virgate0' },
  fakeNics: ['veth_*'],
  hiddenBridges: ['virgate0-off'],
};
const network = networkCapabilities(facts, mapping);

const capabilities = (acceleration: 'kvm' | 'tcg') =>
  hostCapabilities({
    acceleration,
    system,
    hypervisor,
    network,
    chassis: { systemId: '', isConfigured: false },
    networkIsDirty: false,
    hooks: {},
    lastClientInterface: 'ovirtmgmt',
    hostUuid: '9f298858-4823-41b0-8b83-b9389bdb3c4b',
    vncEncrypted: false,
  });

describe('capabilities', () => {
  it('have the wire types of the contract', () => {
    for (const acceleration of ['kvm', 'tcg'] as const) assert.deepEqual(checkWireTypes('capabilities', capabilities(acceleration)), []);
    assert.deepEqual(checkWireTypes('hardware', hardwareInformation(system, '9f298858-4823-41b0-8b83-b9389bdb3c4b')), []);
  });

  it('claim what guests can have', () => {
    const flags = (acceleration: 'kvm' | 'tcg') => String(capabilities(acceleration)['cpuFlags']).split(',');
    assert.ok(['vmx', 'nx', 'aes', 'model_Westmere', 'model_Nehalem'].every((flag) => flags('tcg').includes(flag)));
    assert.ok(!flags('tcg').includes('svm') && !flags('tcg').includes('model_SandyBridge') && !flags('tcg').includes('model_Opteron_G2'));
    assert.ok(['svm', 'model_Opteron_G2', 'ssse3'].every((flag) => flags('kvm').includes(flag)));
    assert.ok(!flags('kvm').includes('model_SandyBridge'));
    assert.deepEqual(capabilities('tcg')['emulatedMachines'], ['pc', 'pc-i440fx-2.12', 'pc-i440fx-7.2', 'pc-q35-4.1']);
    assert.equal(capabilities('tcg')['cpuCores'], '2');
    assert.equal(fallbackModel(hypervisor), 'Westmere');
  });

  it('show the bridge of the management network under its name', () => {
    const management = network.networks['ovirtmgmt'] as Record<string, unknown>;
    assert.deepEqual(
      [management['addr'], management['netmask'], management['bridged'], management['switch']],
      ['10.20.30.1', '255.255.255.192', true, 'legacy'],
    );
    assert.deepEqual(management['ports'], ['eth0', 'vnet0'], 'the NIC with the default route stands for the uplink');
    assert.deepEqual(Object.keys(network.bridges), ['ovirtmgmt']);
    assert.deepEqual(Object.keys(network.nics), ['eth0', 'eth1', 'veth_a']);
    assert.deepEqual(Object.keys(network.bondings), ['bond0']);
    assert.deepEqual((network.bondings['bond0'] as { slaves: string[] }).slaves, ['eth1']);
    assert.equal((network.vlans['bond0.7'] as { vlanid: number }).vlanid, 7);
    assert.equal((network.nics['eth0'] as { gateway: string }).gateway, '192.0.2.1');
    assert.equal((network.nics['eth0'] as { dhcpv4: boolean }).dhcpv4, true);
    assert.deepEqual(network.nameservers, ['192.0.2.53']);
  });
});

const stat = (user: number, system: number, idle: number): string =>
  `cpu  ${user} 0 ${system} ${idle} 0 0 0 0 0 0\ncpu0 ${user} 0 ${system} ${idle} 0 0 0 0 0 0\nbtime 1700000000\n`;
const input: HostStatisticsInput = {
  nowMs: 65_000,
  wallMs: Date.parse('2026-01-02T03:04:05.678Z'),
  startedMs: 5000,
  before: readProcessorSample(stat(100, 100, 100), 55_000, { user: 0, system: 0 }),
  now: readProcessorSample(stat(150, 120, 130), 65_000, { user: 500_000, system: 100_000 }),
  loadAverage: 1.5,
  imports: { '00000000-0000-4000-8000-000000000001': { status: 'copying_disk', description: 'Importing VM one', progress: 7 } },
  memoryIsShared: false,
  memoryInformation:
    'MemTotal: 4096000 kB\nMemFree: 1024000 kB\nBuffers: 0 kB\nCached: 1024000 kB\nSReclaimable: 0 kB\nSwapTotal: 2048 kB\nSwapFree: 1024 kB\nAnonHugePages: 4096 kB\n',
  nodeOfCpu: new Map([[0, 0]]),
  nodes: [{ id: 0, freeKib: 1_048_576, totalKib: 2_097_152 }],
  hugePages: [{ sizeKib: 2048, total: 4, free: 3 }],
  ksm: { running: false, sharingPages: 512, mergeAcrossNodes: true, pagesPerScan: 100 },
  transparentHugePages: 'madvise',
  networkIsDirty: false,
  network: networkStatistics(
    facts,
    mapping,
    readInterfaceCounters('  eth0: 10 1 2 3 0 0 0 0 20 1 4 5 0 0 0 0\nvirgate0: 7 0 0 0 0 0 0 0 8 0 0 0 0 0 0 0\n'),
    65_000,
  ),
  storageDomains: {
    '22222222-0000-4000-8000-000000000002': {
      code: 0,
      lastCheck: '1.5',
      delay: '0.001',
      valid: true,
      acquired: true,
      actual: true,
      version: 5,
    },
  },
  freeSpaceMib: { '/tmp': 100 },
  vms: { count: 2, active: 1, migratingIn: 0, migratingOut: 0 },
};

describe('statistics', () => {
  it('have the wire types of the contract, whole numbers or not', () => {
    assert.deepEqual(checkWireTypes('hostStatistics', hostStatistics(input)), []);
    assert.deepEqual(
      checkWireTypes('hostStatistics', hostStatistics({ ...input, before: undefined, loadAverage: 1, nowMs: input.startedMs })),
      [],
    );
  });

  it('are computed between two samples', () => {
    const stats = hostStatistics(input);
    assert.deepEqual([stats['cpuUser'], stats['cpuSys'], stats['cpuIdle']], ['50.00', '20.00', '30.00']);
    assert.deepEqual([stats['cpuLoad'], stats['cpuUserVdsmd'], stats['elapsedTime']], ['1.50', '5.00', '60.00']);
    assert.deepEqual([stats['memFree'], stats['memUsed'], stats['memShared'], stats['swapTotal']], [2000, '50', 2, 2]);
    assert.equal(stats['dateTime'], '2026-01-02T03:04:05 GMT');
    assert.equal(stats['rxDropped'], '3');
  });

  it('show a bridge that waits for guests as up, and a NIC without carrier as down', () => {
    assert.equal(input.network['ovirtmgmt']?.state, 'up');
    assert.equal(input.network['ovirtmgmt'].rx, '7');
    assert.equal(input.network['veth_a']?.state, 'down');
    assert.equal(input.network['eth0']?.speed, '10000');
  });
});

describe('what the kernel says', () => {
  it('is read', () => {
    assert.deepEqual(readNumberList('0-2,7'), [0, 1, 2, 7]);
    assert.deepEqual(readNumberList(''), []);
    const told = 'path /var/crash\nfence_kdump_nodes 192.0.2.9\n';
    assert.deepEqual(
      [readKdumpStatus('', told), readKdumpStatus('0', told), readKdumpStatus('1', '#fence_kdump_nodes x'), readKdumpStatus('1', told)],
      [-1, 0, 0, 1],
    );
    assert.deepEqual(readAssignments('ID=debian\nVERSION_ID="12"\nX=\'y\'\n#Z=1'), { ID: 'debian', VERSION_ID: '12', X: 'y' });
    assert.deepEqual(readMemoryInformation('MemTotal:  10 kB\nActive(anon): 5 kB\n'), { MemTotal: 10, 'Active(anon)': 5 });
  });
});
