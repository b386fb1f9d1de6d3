import { VdsmError } from '@virgate/vdsm';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readLinks } from './facts.ts';
import { checkSetupRequest } from './setup.ts';

const links = readLinks(
  [
    { ifname: 'eth0', link_type: 'ether', flags: ['UP', 'LOWER_UP'], mtu: 1500, master: 'br0', addr_info: [] },
    { ifname: 'eth1', link_type: 'ether', flags: ['UP', 'LOWER_UP'], mtu: 1500, addr_info: [] },
    {
      ifname: 'br0',
      link_type: 'ether',
      flags: ['UP'],
      mtu: 1500,
      linkinfo: { info_kind: 'bridge' },
      addr_info: [{ family: 'inet', local: '192.0.2.2', prefixlen: 24, scope: 'global' }],
    },
  ],
  { ipv4: [{ dev: 'br0', gateway: '192.0.2.1' }], ipv6: [] },
  new Map(),
);
const mapping = { management: { name: 'ovirtmgmt', bridge: 'br0' }, fakeNics: [], hiddenBridges: [] };
const check = (networks: unknown, bondings: unknown = {}): void =>
  checkSetupRequest({ networks, bondings, options: {} }, { links, nameServers: [] }, mapping);
const code = (run: () => void): number | undefined => {
  try {
    run();
    return undefined;
  } catch (error) {
    if (error instanceof VdsmError) return error.code;
    throw error;
  }
};

describe('a request to set up networks', () => {
  it('is fine when it describes what is there', () => {
    assert.equal(
      code(() => check({})),
      undefined,
    );
    assert.equal(
      code(() =>
        check({
          ovirtmgmt: {
            nic: 'eth0',
            bridged: 'true',
            mtu: 1500,
            ipaddr: '192.0.2.2',
            netmask: '255.255.255.0',
            gateway: '192.0.2.1',
            defaultRoute: true,
            switch: 'legacy',
          },
        }),
      ),
      undefined,
    );
  });

  const requests: { it: string; networks?: unknown; bondings?: unknown; code: number }[] = [
    { it: 'adds a network', networks: { red: { nic: 'eth1' } }, code: 44 },
    { it: 'moves a network', networks: { ovirtmgmt: { nic: 'eth1' } }, code: 44 },
    { it: 'tags a network', networks: { ovirtmgmt: { vlan: '7' } }, code: 44 },
    { it: 'takes the bridge away', networks: { ovirtmgmt: { bridged: 'false' } }, code: 44 },
    { it: 'changes the address', networks: { ovirtmgmt: { ipaddr: '192.0.2.3' } }, code: 44 },
    { it: 'asks for DHCP', networks: { ovirtmgmt: { bootproto: 'dhcp' } }, code: 44 },
    { it: 'removes a network', networks: { ovirtmgmt: { remove: 'true' } }, code: 44 },
    { it: 'makes a bond', bondings: { bond0: { nics: ['eth0', 'eth1'] } }, code: 44 },
    { it: 'names a NIC that is not there', networks: { ovirtmgmt: { nic: 'eth9' } }, code: 23 },
    { it: 'removes what is not there', networks: { red: { remove: true } }, code: 27 },
    { it: 'is no request', networks: { red: 'x' }, code: 21 },
    { it: 'has an impossible VLAN', networks: { ovirtmgmt: { vlan: '5000' } }, code: 91 },
    { it: 'is no object', networks: [], code: 91 },
  ];
  for (const row of requests)
    it(`is answered ${row.code} when it ${row.it}`, () =>
      assert.equal(
        code(() => check(row.networks ?? {}, row.bondings)),
        row.code,
      ));
});
