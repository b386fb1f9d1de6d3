import { VdsmError } from '@virgate/vdsm';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { applyRequest, checkTogether, emptyConfiguration } from './configuration.ts';
import type { HostConfiguration } from './configuration.ts';
import { shareCommands } from './traffic-shares.ts';

const nics = new Set(['eth0', 'eth1', 'eth2']);
const ask = (networks: unknown, bondings: unknown = {}, current: HostConfiguration = emptyConfiguration): HostConfiguration => {
  const wanted = applyRequest(current, { networks, bondings });
  checkTogether(wanted, nics);
  return wanted;
};
const code = (run: () => unknown): number | undefined => {
  try {
    run();
    return undefined;
  } catch (error) {
    if (error instanceof VdsmError) return error.code;
    throw error;
  }
};

describe('shares of networks', () => {
  const device = {
    name: 'eth0',
    speedMbps: 1000,
    networks: [
      { vlan: undefined, share: 30, guaranteeBits: 50_000_000 },
      { vlan: 10, share: 70, limitBits: 200_000_000 },
    ],
  };

  it('are curves of HFSC as hosts of oVirt have them, with VLANs by their tag', () => {
    assert.deepEqual(
      shareCommands(device, 'hfsc').map((command) => command.join(' ')),
      [
        'qdisc replace dev eth0 root handle 7668: hfsc default ffff',
        'class replace dev eth0 parent 7668: classid 7668:ffff hfsc rt m2 50000000bit ls m2 30000000bit',
        'class replace dev eth0 parent 7668: classid 7668:a hfsc ls m2 70000000bit ul m2 200000000bit',
        'filter add dev eth0 parent 7668: protocol all basic match meta(vlan eq 10) flowid 7668:a',
      ],
    );
  });

  it('are parts of the speed where the kernel has HTB alone, and what has no network has the least', () => {
    assert.deepEqual(
      shareCommands({ ...device, networks: [{ vlan: 10, share: 70, limitBits: 200_000_000 }] }, 'htb').flatMap((command) =>
        command[0] === 'class' ? [command.slice(7).join(' ')] : [],
      ),
      ['7668:a htb rate 200000000bit ceil 200000000bit', '7668:ffff htb rate 500000000bit ceil 1000000000bit'],
    );
  });
});

describe('a request to set up networks', () => {
  it('has what it leaves out filled in', () => {
    assert.deepEqual(ask({ red: { nic: 'eth1' } }).networks['red'], {
      nic: 'eth1',
      bridged: true,
      stp: false,
      mtu: 1500,
      ipv4Address: '',
      dhcpv4: false,
      ipv6Address: '',
      ipv4Gateway: '',
      ipv6Gateway: '',
      defaultRoute: false,
    });
  });

  it('is read in the words of an engine', () => {
    const wanted = ask(
      {
        red: {
          bonding: 'bond0',
          vlan: '7',
          bridged: 'true',
          STP: 'yes',
          mtu: 9000,
          ipaddr: '192.0.2.9',
          netmask: '255.255.255.240',
          gateway: '192.0.2.1',
          ipv6addr: '2001:db8::9/64',
          defaultRoute: true,
          switch: 'legacy',
        },
        blue: { nic: 'eth0', bridged: 'false', bootproto: 'dhcp', vlan: 8 },
      },
      { bond0: { nics: ['eth2', 'eth1'], options: 'mode=1 miimon=150', switch: 'legacy' } },
    );
    const { red, blue } = wanted.networks;
    assert.deepEqual(
      [red?.vlan, red?.stp, red?.mtu, red?.ipv4Address, red?.ipv4Gateway, red?.ipv6Address, red?.defaultRoute],
      [7, true, 9000, '192.0.2.9/28', '192.0.2.1', '2001:db8::9/64', true],
    );
    assert.deepEqual([blue?.bridged, blue?.dhcpv4, blue?.vlan], [false, true, 8]);
    assert.deepEqual(wanted.bonds, { bond0: { nics: ['eth1', 'eth2'], options: 'mode=1 miimon=150' } });
    assert.deepEqual(ask({ red: { remove: 'true' }, blue: { remove: true } }, { bond0: { remove: true } }, wanted), emptyConfiguration);
  });

  const bond0 = { bond0: { nics: ['eth1', 'eth2'] } };
  const requests: { it: string; networks?: unknown; bondings?: unknown; code: number }[] = [
    { it: 'names a NIC that is not there', networks: { red: { nic: 'eth9' } }, code: 23 },
    { it: 'puts a member of a bond into it', bondings: { bond0: { nics: ['eth9'] } }, code: 23 },
    { it: 'names a bond that is not there', networks: { red: { bonding: 'bond0' } }, code: 25 },
    { it: 'names a NIC and a bond', networks: { red: { nic: 'eth0', bonding: 'bond0' } }, bondings: bond0, code: 21 },
    { it: 'uses a NIC of a bond', networks: { red: { nic: 'eth1' } }, bondings: bond0, code: 24 },
    { it: 'puts a NIC into two bonds', bondings: { ...bond0, bond1: { nics: ['eth1'] } }, code: 24 },
    { it: 'names no NIC', networks: { red: {} }, code: 44 },
    { it: 'removes what is not there', networks: { red: { remove: true } }, code: 27 },
    { it: 'removes a bond that is not there', bondings: { bond0: { remove: true } }, code: 25 },
    { it: 'has a name that is no device', networks: { '../red': { nic: 'eth0' } }, code: 27 },
    { it: 'has a name that is too long', networks: { abcdefghijklmnop: { nic: 'eth0' } }, code: 27 },
    { it: 'is no request', networks: { red: 'x' }, code: 21 },
    { it: 'is no object', networks: [], code: 91 },
    { it: 'has an impossible VLAN', networks: { red: { nic: 'eth0', vlan: '5000' } }, code: 91 },
    { it: 'has two networks in one place', networks: { red: { nic: 'eth0' }, blue: { nic: 'eth0', bridged: false } }, code: 21 },
    { it: 'has two networks in one VLAN', networks: { red: { nic: 'eth0', vlan: 7 }, blue: { nic: 'eth0', vlan: 7 } }, code: 26 },
    { it: 'has an address without a netmask', networks: { red: { nic: 'eth0', ipaddr: '192.0.2.9' } }, code: 22 },
    { it: 'has an impossible netmask', networks: { red: { nic: 'eth0', ipaddr: '192.0.2.9', netmask: '255.0.255.0' } }, code: 22 },
    { it: 'has an impossible address', networks: { red: { nic: 'eth0', ipaddr: '192.0.2.999', prefix: 24 } }, code: 22 },
    { it: 'has an impossible IPv6 address', networks: { red: { nic: 'eth0', ipv6addr: '2001:db8::/200' } }, code: 22 },
    { it: 'has DHCP and an address', networks: { red: { nic: 'eth0', bootproto: 'dhcp', ipaddr: '192.0.2.9', prefix: 24 } }, code: 22 },
    {
      it: 'has two default routes',
      networks: { red: { nic: 'eth0', defaultRoute: true }, blue: { nic: 'eth1', defaultRoute: true } },
      code: 21,
    },
    { it: 'wants an unknown switch', networks: { red: { nic: 'eth0', switch: 'token-ring' } }, code: 21 },
    {
      it: 'puts a NIC into two kinds of switch',
      networks: { red: { nic: 'eth0', switch: 'ovs' }, blue: { nic: 'eth0', vlan: 7 } },
      code: 21,
    },
    { it: 'wants a limit without a share', networks: { red: { nic: 'eth0', hostQos: { out: { ul: { m2: 5 } } } } }, code: 21 },
    {
      it: 'guarantees more than the limit',
      networks: { red: { nic: 'eth0', hostQos: { out: { ls: { m2: 1 }, ul: { m2: 5 }, rt: { m2: 6 } } } } },
      code: 21,
    },
    { it: 'wants a curve of two slopes', networks: { red: { nic: 'eth0', hostQos: { out: { ls: { m1: 5, d: 1, m2: 1 } } } } }, code: 44 },
    {
      it: 'wants shares on Open vSwitch',
      networks: { red: { nic: 'eth0', switch: 'ovs', hostQos: { out: { ls: { m2: 1 } } } } },
      code: 44,
    },
    { it: 'has a bond of no NICs', bondings: { bond0: { nics: [] } }, code: 25 },
    { it: 'has options that are an argument', bondings: { bond0: { nics: ['eth1'], options: 'mode=1 type veth' } }, code: 25 },
  ];
  for (const row of requests)
    it(`is answered ${row.code} when it ${row.it}`, () =>
      assert.equal(
        code(() => ask(row.networks ?? {}, row.bondings)),
        row.code,
      ));
});
