import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  addLabel,
  attach,
  breakBond,
  detach,
  drop,
  joinBond,
  leaveBond,
  makeBond,
  Refusal,
  removeLabel,
  setSettings,
  setSync,
} from './draft.ts';
import type { Draft, HostNetworks } from './draft.ts';
import { settingsFrom, settingsValues } from './forms.ts';
import { hostNetworksOf } from './read.ts';
import { requestOf } from './request.ts';

const nic = (name: string): { id: string; name: string } => ({ id: `id-${name}`, name });
const network = (name: string, more: object = {}): object => ({ id: name, name, usages: ['vm'], ...more });
/** Four NICs, of which two are bonded, and networks of every kind. */
const all: HostNetworks = hostNetworksOf(
  [
    nic('em1'),
    nic('em2'),
    nic('em3'),
    nic('em4'),
    { ...nic('bond1'), bonding: { slaves: [nic('em3'), nic('em4')], options: [{ name: 'mode', value: '1' }] } },
    { ...nic('em1.7'), base_interface: 'em1', vlan: { id: 7 } },
  ],
  [
    { id: 'a1', network: { id: 'mgmt' }, host_nic: nic('em1'), in_sync: true },
    {
      id: 'a2',
      network: { id: 'blue' },
      host_nic: nic('em1.7'),
      in_sync: false,
      reported_configurations: [{ name: 'mtu', in_sync: false }],
    },
  ],
  [
    network('mgmt', { usages: ['vm', 'management'] }),
    network('blue', { vlan: { id: 7 } }),
    network('red', { vlan: { id: 8 }, network_labels: [{ id: 'lab' }] }),
    network('plain'),
    network('store', { usages: [] }),
    network('ovn', { external_provider: { id: 'p' } }),
  ],
  [{ id: 'u', name: 'old', host_nic: nic('em2') }],
);
const options = { checkConnectivity: true, timeoutSeconds: 60, commit: false };
const sent = { checkConnectivity: true, connectivityTimeout: 60, commitOnSuccess: false };
const good = (result: ReturnType<typeof drop>): Draft => {
  assert.ok(!(result instanceof Refusal) && !('bond' in result), result instanceof Refusal ? result.key : 'asks for a bond');
  return result;
};
const refused = (result: ReturnType<typeof drop>): string => {
  assert.ok(result instanceof Refusal);
  return result.key.replace('hostNetworks.refused.', '');
};

test('a VLAN stands for the device below it, and nothing that is as it was is sent', () => {
  assert.equal(all.now.places.get('blue')?.device, 'em1');
  assert.deepEqual(
    all.devices.map((device) => device.name),
    ['em1', 'em2', 'em3', 'em4', 'bond1'],
  );
  assert.equal(requestOf(all, all.now, options), undefined);
  assert.equal(requestOf(all, good(attach(all, good(attach(all, all.now, 'blue', 'em2')), 'blue', 'em1')), options), undefined);
});

test('what cannot be is refused, and says why', () => {
  const { now } = all;
  assert.equal(refused(detach(all, now, 'mgmt')), 'management');
  assert.equal(refused(attach(all, now, 'plain', 'em1')), 'untagged');
  assert.equal(refused(attach(all, now, 'plain', 'em3')), 'member');
  assert.equal(refused(attach(all, now, 'ovn', 'em2')), 'external');
  const members = { members: ['em1', 'em2'], options: [] };
  assert.equal(refused(makeBond(all, now, 'bond0', members)), 'unmanaged');
  assert.equal(refused(makeBond(all, now, 'team0', members)), 'bondName');
  assert.equal(refused(makeBond(all, now, 'bond1', members)), 'bondTaken');
  const noVm = { members: ['em1', 'em3'], options: [{ name: 'mode', value: 'balance-alb' }] };
  assert.equal(refused(makeBond(all, good(breakBond(all, now, 'bond1')), 'bond0', noVm)), 'mode');
  assert.equal(refused(drop(all, now, { kind: 'nic', id: 'em1' }, 'nowhere')), 'nic');
});

test('NICs dropped on each other ask for a bond; its networks and labels go with its members', () => {
  assert.deepEqual(drop(all, all.now, { kind: 'nic', id: 'em2' }, { device: 'em1' }), { bond: ['em1', 'em2'] });
  const joined = good(joinBond(all, all.now, 'bond1', 'em1'));
  assert.equal(joined.places.get('mgmt')?.device, 'bond1');
  assert.deepEqual(requestOf(all, joined, options), {
    ...sent,
    modifiedBonds: [
      { id: 'id-bond1', name: 'bond1', bonding: { options: [{ name: 'mode', value: '1' }], slaves: [nic('em3'), nic('em4'), nic('em1')] } },
    ],
    modifiedNetworkAttachments: ['mgmt', 'blue'].map((id) => ({
      id: id === 'mgmt' ? 'a1' : 'a2',
      network: { id },
      host_nic: { name: 'bond1' },
      ip_address_assignments: [
        { assignment_method: 'none', ip: { version: 'v4' } },
        { assignment_method: 'none', ip: { version: 'v6' } },
      ],
    })),
  });
  const broken = good(leaveBond(all, good(attach(all, all.now, 'plain', 'bond1')), 'em3'));
  assert.deepEqual([broken.bonds.size, broken.places.get('plain')?.device], [0, 'em4']);
  assert.deepEqual(requestOf(all, broken, options)?.removedBonds, [nic('bond1')]);
});

test('a label brings its networks without a word of their own, and takes them along', () => {
  const labelled = good(addLabel(all, all.now, 'bond1', 'lab'));
  assert.equal(labelled.places.get('red')?.device, 'bond1');
  assert.deepEqual(requestOf(all, labelled, options), { ...sent, modifiedLabels: [{ id: 'lab', host_nic: { name: 'bond1' } }] });
  assert.equal(refused(attach(all, labelled, 'red', 'em1')), 'labelled');
  assert.equal(refused(addLabel(all, labelled, 'em1', 'lab')), 'labelTaken');
  assert.equal(good(drop(all, labelled, { kind: 'label', id: 'lab' }, { device: 'em1' })).places.get('red')?.device, 'em1');
  assert.equal(removeLabel(all, labelled, 'lab').places.has('red'), false);
});

test('settings, detaching and synchronizing are sent as they were set', () => {
  const values = settingsValues(all.now.places.get('blue')?.settings ?? assert.fail(), false);
  const { settings } = settingsFrom(values, {
    ipv4_method: 'static',
    ipv4_address: ' 192.0.2.7 ',
    ipv4_mask: '24',
    name_servers: ['192.0.2.1'],
    qos: true,
    share: 50,
  });
  const draft = setSync(setSettings(all.now, 'blue', settings), 'blue', true);
  assert.deepEqual(requestOf(all, draft, { ...options, checkConnectivity: false, commit: true }), {
    modifiedNetworkAttachments: [
      {
        id: 'a2',
        network: { id: 'blue' },
        host_nic: { name: 'em1' },
        ip_address_assignments: [
          { assignment_method: 'static', ip: { version: 'v4', address: '192.0.2.7', netmask: '24' } },
          { assignment_method: 'none', ip: { version: 'v6' } },
        ],
        dns_resolver_configuration: { name_servers: ['192.0.2.1'] },
        qos: {
          outbound_average_linkshare: 50,
          outbound_average_upperlimit: undefined,
          outbound_average_realtime: undefined,
          type: 'hostnetwork',
        },
      },
    ],
    synchronizedNetworkAttachments: [{ id: 'a2' }],
    checkConnectivity: false,
    commitOnSuccess: true,
  });
  assert.deepEqual(requestOf(all, good(detach(all, all.now, 'blue')), options)?.removedNetworkAttachments, [{ id: 'a2' }]);
});
