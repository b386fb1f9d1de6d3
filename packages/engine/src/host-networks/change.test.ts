import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { reportedNetworks, type ReportedNetwork } from '../monitoring/reported-networks.ts';
import { Fault } from '../rest/fault.ts';
import { noAddress, noChange, planChange, type NetworkChange } from './change.ts';
import type { Attachment, ClusterNetwork, HostNetworkState, HostNicRow } from './state.ts';
import { compareAttachment } from './sync.ts';

const network = (id: string, more: Partial<ClusterNetwork> = {}): ClusterNetwork => ({
  id,
  name: id,
  vdsmName: id,
  vlanId: null,
  mtu: 0,
  vmNetwork: true,
  stp: false,
  label: null,
  management: false,
  defaultRoute: false,
  nameServers: [],
  qos: null,
  switchType: 'legacy',
  ...more,
});
const nic = (name: string, more: Partial<HostNicRow> = {}): HostNicRow => ({
  id: `id-${name}`,
  name,
  kind: 'nic',
  mac: null,
  baseName: null,
  bondName: null,
  vlanId: null,
  networkName: null,
  bridged: false,
  settings: {
    speedMbps: 1000,
    mtu: 1500,
    ipv4: noAddress.ipv4,
    ipv6: noAddress.ipv6,
    options: {},
    activeMember: '',
    partnerMac: '',
    aggregatorId: null,
  },
  ...more,
});
const reported = (name: string, nicName: string, more: Partial<ReportedNetwork> = {}): ReportedNetwork => ({
  name,
  bridged: true,
  interface: name,
  device: nicName,
  base: nicName,
  address: '',
  mtu: 1500,
  vlanId: null,
  switch: 'legacy',
  defaultRoute: false,
  ipv4: noAddress.ipv4,
  ipv6: noAddress.ipv6,
  ...more,
});
const attachment = (networkId: string, nicName: string, more: Partial<Attachment> = {}): Attachment => ({
  id: `on-${networkId}`,
  networkId,
  nicName,
  wanted: noAddress,
  reported: reported(networkId, nicName),
  ...more,
});

const state: HostNetworkState = {
  host: { id: 'h', name: 'h', status: 'up', clusterId: 'c', switchType: 'legacy' },
  nics: [nic('em1'), nic('em2'), nic('em3'), nic('em1.9', { kind: 'vlan', baseName: 'em1', vlanId: 9 })],
  attachments: [attachment('ovirtmgmt', 'em1'), attachment('red', 'em2')],
  labels: [],
  networks: [
    network('ovirtmgmt', { management: true }),
    network('red'),
    network('blue', { vlanId: 7, mtu: 9000 }),
    network('green', { label: 'outside', vmNetwork: false }),
    network('storage', { vmNetwork: false }),
  ],
};
const place = (networkId: string, nicName: string) => ({ networkId, nicName, wanted: noAddress });
const plan = (change: Partial<NetworkChange>, from = state) => planChange(from, { ...noChange, ...change });

describe('a change of a host’s networks', () => {
  it('says nothing to the host of what stays', () => {
    assert.deepEqual(plan({ synchronize: ['red', 'ovirtmgmt'] }).request, { networks: {}, bondings: {} });
  });

  it('is told in the words of the host', () => {
    const wanted = {
      ...noAddress,
      ipv4: { method: 'static' as const, address: '192.0.2.9', netmask: '255.255.255.0', gateway: '192.0.2.1' },
    };
    assert.deepEqual(plan({ attach: [{ networkId: 'blue', nicName: 'em3', wanted }], detach: ['red'] }).request.networks, {
      red: { remove: 'true' },
      blue: {
        nic: 'em3',
        vlan: '7',
        mtu: 9000,
        bridged: 'true',
        STP: 'no',
        ipaddr: '192.0.2.9',
        netmask: '255.255.255.0',
        gateway: '192.0.2.1',
        switch: 'legacy',
      },
    });
  });

  it('puts networks on a bond that it makes', () => {
    const { request } = plan({
      bonds: [{ name: 'bond0', nics: ['em2', 'em3'], options: { mode: '1', miimon: '150' } }],
      attach: [place('red', 'bond0')],
    });
    assert.deepEqual(request.bondings, { bond0: { nics: ['em2', 'em3'], options: 'mode=1 miimon=150', switch: 'legacy' } });
    assert.equal(request.networks['red']?.['bonding'], 'bond0');
  });

  it('takes a label’s networks along, and away again', () => {
    const labelled = plan({ label: [{ nicName: 'em3', label: 'outside' }] });
    assert.deepEqual(labelled.request.networks, { green: { nic: 'em3', mtu: 1500, bridged: 'false', switch: 'legacy' } });
    assert.deepEqual(labelled.labels, [{ nicName: 'em3', label: 'outside' }]);
    const after = { ...state, labels: labelled.labels, attachments: [...state.attachments, attachment('green', 'em3')] };
    assert.deepEqual(plan({ unlabel: ['outside'] }, after).request.networks, { green: { remove: 'true' } });
    const addressed = { ...noAddress, ipv4: { ...noAddress.ipv4, method: 'dhcp' as const } };
    const before = {
      ...after,
      nics: [...state.nics, nic('em4')],
      attachments: [...state.attachments, attachment('green', 'em3', { wanted: addressed })],
    };
    const moved = plan({ unlabel: ['outside'], label: [{ nicName: 'em4', label: 'outside' }] }, before);
    assert.deepEqual(
      moved.places.find((place) => place.networkId === 'green'),
      { networkId: 'green', nicName: 'em4', wanted: addressed },
    );
  });

  it('brings back what is out of sync when asked to', () => {
    const odd = { ...state, attachments: [attachment('red', 'em2', { reported: reported('red', 'em2', { mtu: 9000, bridged: false }) })] };
    assert.deepEqual(plan({}, odd).request.networks, {});
    assert.equal(plan({ synchronize: ['red'] }, odd).request.networks['red']?.['mtu'], 1500);
    assert.deepEqual(
      compareAttachment(network('red'), attachment('red', 'em2', { reported: reported('red', 'em2', { mtu: 9000 }) })).filter(
        (row) => !row.in_sync,
      ),
      [{ name: 'mtu', expected_value: '1500', actual_value: '9000', in_sync: false }],
    );
  });

  it('tells the host name servers and shares, the network’s own unless the attachment has others', () => {
    const main = network('main', {
      management: true,
      defaultRoute: true,
      nameServers: ['192.0.2.53'],
      qos: { outbound_average_linkshare: 5 },
    });
    const alone = {
      ...state,
      networks: [main],
      attachments: [attachment('main', 'em1', { reported: reported('main', 'em1', { defaultRoute: true }) })],
    };
    const words = plan({ synchronize: ['main'] }, alone).request.networks['main'];
    assert.deepEqual([words?.['nameservers'], words?.['hostQos']], [['192.0.2.53'], { out: { ls: { m2: 5 } } }]);
    const qos = { outbound_average_linkshare: 9, outbound_average_upperlimit: 100, outbound_average_realtime: 10 };
    const own = { ...noAddress, nameServers: ['2001:db8::53'], qos };
    const told = plan({ attach: [{ networkId: 'main', nicName: 'em1', wanted: own }] }, alone).request.networks['main'];
    assert.deepEqual(told?.['nameservers'], ['2001:db8::53']);
    assert.deepEqual(told?.['hostQos'], { out: { ls: { m2: 9 }, ul: { m2: 100_000_000 }, rt: { m2: 10_000_000 } } });
    const there = reportedNetworks({
      nameservers: ['2001:db8::53'],
      nics: { em1: {} },
      networks: { main: { iface: 'main', bridged: true, ports: ['em1'], mtu: 1500, hostQos: told?.['hostQos'] } },
    });
    const [now] = there;
    assert.ok(now);
    const odd = (wanted: Attachment['wanted']): string[] =>
      compareAttachment(main, { wanted, reported: now })
        .filter((row) => !row.in_sync)
        .map((row) => row.name);
    assert.deepEqual(odd(own), []);
    assert.deepEqual(odd(noAddress), ['outAverageLinkShare', 'outAverageUpperLimit', 'outAverageRealTime', 'dns_configuration']);
    assert.deepEqual(odd({ ...own, nameServers: ['2001:db8::53', '192.0.2.53'] }), ['dns_configuration']);
    const side = compareAttachment(network('red', { nameServers: ['192.0.2.53'] }), attachment('red', 'em2'));
    assert.ok(
      side.every((row) => row.in_sync),
      'name servers come with the default route alone',
    );
  });

  const labelled = {
    ...state,
    labels: [{ nicName: 'em3', label: 'outside' }],
    attachments: [...state.attachments, attachment('green', 'em3')],
  };
  const bonded = {
    ...state,
    nics: [...state.nics.map((one) => (one.name === 'em3' ? { ...one, bondName: 'bond0' } : one)), nic('bond0', { kind: 'bond' })],
  };
  const refusals: { it: string; change: Partial<NetworkChange>; from?: HostNetworkState; key: string }[] = [
    {
      it: 'names a NIC that is not there',
      change: { attach: [place('blue', 'em9')] },
      key: 'HOST_NETWORK_INTERFACE_HAVING_NAME_DOES_NOT_EXIST',
    },
    { it: 'names a network of another cluster', change: { attach: [place('other', 'em3')] }, key: 'NETWORK_NOT_EXISTS_IN_CURRENT_CLUSTER' },
    {
      it: 'attaches a network twice',
      change: { attach: [place('blue', 'em3'), place('blue', 'em2')] },
      key: 'ACTION_TYPE_FAILED_NETWORK_ATTACHMENTS_REFERENCES_SAME_NETWORK_DUPLICATELY',
    },
    {
      it: 'attaches and removes a network',
      change: { attach: [place('red', 'em3')], detach: ['red'] },
      key: 'NETWORK_ATTACHMENT_IN_BOTH_LISTS',
    },
    { it: 'removes the management network', change: { detach: ['ovirtmgmt'] }, key: 'NETWORK_CANNOT_REMOVE_MANAGEMENT_NETWORK' },
    { it: 'removes what is not attached', change: { detach: ['blue'] }, key: 'NETWORK_ATTACHMENTS_TO_BE_REMOVED_DOES_NOT_EXISTS' },
    {
      it: 'puts two untagged networks on a NIC',
      change: { attach: [place('storage', 'em2')] },
      key: 'NETWORK_INTERFACES_NOT_EXCLUSIVELY_USED_BY_UNTAGGED_NETWORK',
    },
    {
      it: 'shares a NIC among some of its networks only',
      change: { attach: [{ ...place('blue', 'em2'), wanted: { ...noAddress, qos: { outbound_average_linkshare: 5 } } }] },
      key: 'ACTION_TYPE_FAILED_HOST_NETWORK_QOS_INTERFACES_WITHOUT_QOS',
    },
    { it: 'attaches to a VLAN', change: { attach: [place('blue', 'em1.9')] }, key: 'CANNOT_ADD_NETWORK_ATTACHMENT_ON_SLAVE_OR_VLAN' },
    {
      it: 'attaches to a member of a bond',
      change: { attach: [place('blue', 'em3')] },
      from: bonded,
      key: 'CANNOT_ADD_NETWORK_ATTACHMENT_ON_SLAVE_OR_VLAN',
    },
    {
      it: 'bonds a NIC with a network',
      change: { bonds: [{ name: 'bond0', nics: ['em2', 'em3'], options: {} }] },
      key: 'NETWORK_INTERFACE_ATTACHED_TO_NETWORK_CANNOT_BE_SLAVE',
    },
    {
      it: 'bonds a NIC of another bond',
      change: { bonds: [{ name: 'bond1', nics: ['em3'], options: {} }] },
      from: bonded,
      key: 'NETWORK_INTERFACE_ALREADY_IN_BOND',
    },
    {
      it: 'bonds a VLAN',
      change: { bonds: [{ name: 'bond0', nics: ['em1.9'], options: {} }] },
      key: 'NETWORK_INTERFACE_BOND_OR_VLAN_CANNOT_BE_SLAVE',
    },
    { it: 'bonds nothing', change: { bonds: [{ name: 'bond0', nics: [], options: {} }] }, key: 'NETWORK_BONDS_INVALID_SLAVE_COUNT' },
    { it: 'misnames a bond', change: { bonds: [{ name: 'team0', nics: ['em3'], options: {} }] }, key: 'NETWORK_BOND_NAME_BAD_FORMAT' },
    { it: 'removes a bond that is not there', change: { removeBonds: ['bond0'] }, key: 'NETWORK_BOND_NOT_EXISTS' },
    {
      it: 'removes a bond with a network',
      change: { removeBonds: ['bond0'] },
      from: { ...bonded, attachments: [attachment('red', 'bond0')] },
      key: 'BOND_USED_BY_NETWORK_ATTACHMENTS',
    },
    {
      it: 'puts a VM network on a bond of mode 0',
      change: { bonds: [{ name: 'bond0', nics: ['em3'], options: { mode: '0' } }], attach: [place('blue', 'bond0')] },
      key: 'INVALID_BOND_MODE_FOR_BOND_WITH_VM_NETWORK',
    },
    { it: 'labels badly', change: { label: [{ nicName: 'em3', label: 'a b' }] }, key: 'NETWORK_LABEL_FORMAT_INVALID' },
    { it: 'labels a VLAN', change: { label: [{ nicName: 'em1.9', label: 'x' }] }, key: 'LABEL_ATTACH_TO_IMPROPER_INTERFACE' },
    { it: 'labels twice', change: { label: [{ nicName: 'em3', label: 'outside' }] }, from: labelled, key: 'INTERFACE_ALREADY_LABELED' },
    {
      it: 'labels two NICs alike',
      change: { label: [{ nicName: 'em2', label: 'outside' }] },
      from: labelled,
      key: 'OTHER_INTERFACE_ALREADY_LABELED',
    },
    { it: 'removes a label that is not there', change: { unlabel: ['outside'] }, key: 'INTERFACE_NOT_LABELED' },
    {
      it: 'removes a labelled network',
      change: { detach: ['green'] },
      from: labelled,
      key: 'ACTION_TYPE_FAILED_CANNOT_REMOVE_LABELED_NETWORK_FROM_NIC',
    },
    {
      it: 'moves a labelled network',
      change: { attach: [place('green', 'em2')] },
      from: labelled,
      key: 'ACTION_TYPE_FAILED_CANNOT_MOVE_LABELED_NETWORK_TO_ANOTHER_NIC',
    },
  ];
  for (const row of refusals)
    it(`is refused when it ${row.it}`, () =>
      assert.throws(
        () => plan(row.change, row.from),
        (error) => error instanceof Fault && error.key === row.key && [400, 409].includes(error.status),
      ));
});
