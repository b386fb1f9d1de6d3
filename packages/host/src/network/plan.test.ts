import { VdsmError } from '@virgate/vdsm';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { applyRequest, emptyConfiguration } from './configuration.ts';
import type { HostConfiguration } from './configuration.ts';
import { statesOf, wantedStates } from './device-state.ts';
import type { DeviceStates } from './device-state.ts';
import { readLinks } from './facts.ts';
import { planChanges } from './plan.ts';

const ether = (ifname: string, more: object = {}): object => ({
  ifname,
  link_type: 'ether',
  flags: ['UP', 'LOWER_UP'],
  mtu: 1500,
  addr_info: [],
  ...more,
});
const address = (local: string, prefixlen: number): object => ({
  family: local.includes(':') ? 'inet6' : 'inet',
  local,
  prefixlen,
  scope: 'global',
});
const states = (rows: object[], routes: object[] = []): DeviceStates =>
  statesOf({ links: readLinks(rows, { ipv4: routes, ipv6: [] }, new Map()), nameServers: [] });

const eth0 = ether('eth0', { addr_info: [address('192.0.2.2', 24)] });
const plain = states([eth0, ether('eth1'), ether('eth2', { flags: [] })], [{ dev: 'eth0', gateway: '192.0.2.1' }]);
const bridgeName = (name: string): string => (name === 'ovirtmgmt' ? 'virbr' : name);
const configure = (networks: unknown, bondings: unknown = {}, current: HostConfiguration = emptyConfiguration): HostConfiguration =>
  applyRequest(current, { networks, bondings });
const plan = (current: DeviceStates, from: HostConfiguration, to: HostConfiguration): { lines: string[]; wanted: DeviceStates } => {
  const wanted = wantedStates(current, from, to, bridgeName);
  return { lines: planChanges(current, wanted).map((command) => command.join(' ')), wanted };
};

describe('the commands of a change', () => {
  it('are none when nothing changes', () => {
    const wanted = configure({ red: { nic: 'eth1' } });
    const built = plan(plain, emptyConfiguration, wanted).wanted;
    assert.deepEqual(plan(built, wanted, wanted).lines, []);
    assert.deepEqual(plan(plain, emptyConfiguration, emptyConfiguration).lines, []);
  });

  it('make a bridge on a NIC, with an address', () => {
    const wanted = configure({ red: { nic: 'eth2', mtu: 9000, ipaddr: '198.51.100.2', prefix: 24 } });
    assert.deepEqual(plan(plain, emptyConfiguration, wanted).lines, [
      'link add name red type bridge forward_delay 0 stp_state 0',
      'link set dev eth2 master red',
      'link set dev eth2 mtu 9000',
      'link set dev eth2 up',
      'link set dev red mtu 9000',
      'link set dev red up',
      '-4 address add 198.51.100.2/24 broadcast + dev red',
    ]);
  });

  it('move the address and the default route of a NIC to the bridge on it', () => {
    const wanted = configure({ ovirtmgmt: { nic: 'eth0', ipaddr: '192.0.2.2', prefix: 24, gateway: '192.0.2.1', defaultRoute: true } });
    const { lines, wanted: built } = plan(plain, emptyConfiguration, wanted);
    assert.deepEqual(lines, [
      '-4 route delete default via 192.0.2.1 dev eth0',
      '-4 address delete 192.0.2.2/24 dev eth0',
      'link add name virbr type bridge forward_delay 0 stp_state 0',
      'link set dev eth0 master virbr',
      'link set dev virbr mtu 1500',
      'link set dev virbr up',
      '-4 address add 192.0.2.2/24 broadcast + dev virbr',
      '-4 route replace default via 192.0.2.1 dev virbr',
    ]);
    assert.deepEqual(
      planChanges(built, plain).map((command) => command.join(' ')),
      [
        'link set dev eth0 nomaster',
        'link delete dev virbr type bridge',
        '-4 address add 192.0.2.2/24 broadcast + dev eth0',
        '-4 route replace default via 192.0.2.1 dev eth0',
      ],
      'and taking it back restores the NIC',
    );
  });

  it('make a bond, a VLAN on it and a bridge on that; and take all down again', () => {
    const wanted = configure({ blue: { bonding: 'bond0', vlan: 7 } }, { bond0: { nics: ['eth1', 'eth2'], options: 'mode=1 miimon=100' } });
    const { lines, wanted: built } = plan(plain, emptyConfiguration, wanted);
    assert.deepEqual(lines, [
      'link add name bond0 type bond mode 1 miimon 100',
      'link set dev eth1 down',
      'link set dev eth1 master bond0',
      'link set dev eth2 down',
      'link set dev eth2 master bond0',
      'link add link bond0 name bond0.7 type vlan id 7',
      'link add name blue type bridge forward_delay 0 stp_state 0',
      'link set dev bond0.7 master blue',
      'link set dev eth1 up',
      'link set dev eth2 up',
      'link set dev bond0 mtu 1500',
      'link set dev bond0 up',
      'link set dev bond0.7 mtu 1500',
      'link set dev bond0.7 up',
      'link set dev blue mtu 1500',
      'link set dev blue up',
    ]);
    assert.deepEqual(plan(built, wanted, emptyConfiguration).lines, [
      'link set dev eth1 nomaster',
      'link set dev eth2 nomaster',
      'link delete dev blue type bridge',
      'link delete dev bond0.7 type vlan',
      'link delete dev bond0 type bond',
    ]);
  });

  it('leave the bond alone when only a network on it changes', () => {
    const before = configure({ blue: { bonding: 'bond0', vlan: 7 } }, { bond0: { nics: ['eth1', 'eth2'], options: 'mode=1 miimon=100' } });
    const built = plan(plain, emptyConfiguration, before).wanted;
    assert.deepEqual(plan(built, before, configure({ blue: { bonding: 'bond0', vlan: 8 } }, {}, before)).lines, [
      'link delete dev bond0.7 type vlan',
      'link add link bond0 name bond0.8 type vlan id 8',
      'link set dev bond0.8 master blue',
      'link set dev bond0.8 mtu 1500',
      'link set dev bond0.8 up',
    ]);
  });

  it('keep a bridge with VMs on it when its network changes in size', () => {
    const before = configure({ red: { nic: 'eth1' } });
    const built = plan(plain, emptyConfiguration, before).wanted;
    built.set('vnet0', {
      ...(built.get('eth1') as NonNullable<ReturnType<DeviceStates['get']>>),
      name: 'vnet0',
      kind: 'other',
      master: 'red',
    });
    assert.deepEqual(plan(built, before, configure({ red: { nic: 'eth1', mtu: 2000 } })).lines, [
      'link set dev eth1 mtu 2000',
      'link set dev red mtu 2000',
    ]);
    assert.throws(
      () => plan(built, before, emptyConfiguration),
      (error) => error instanceof VdsmError && error.code === 28 && /vnet0 is on it/.test(error.message),
    );
  });

  it('give a NIC the largest size that a network on it needs', () => {
    const wanted = configure({ red: { nic: 'eth1', mtu: 1500 }, blue: { nic: 'eth1', vlan: 7, mtu: 9000 } });
    assert.ok(plan(plain, emptyConfiguration, wanted).lines.includes('link set dev eth1 mtu 9000'));
  });
});
