import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { cleanText, emptyGuestFacts, guestLimits, guestStatistics, mergeAgentVersion, mergeGuestInfo } from './facts.ts';

const answer = {
  hostname: 'web1',
  'os.id': 'debian',
  'os.name': 'Debian GNU/Linux',
  'os.version': '12 (bookworm)',
  'os.version-id': '12',
  'os.machine': 'x86_64',
  'os.kernel-release': '6.1.0-41-cloud-amd64',
  'timezone.name': 'CET',
  'timezone.offset': 3600,
  'user.count': 2,
  'user.0.name': 'ann',
  'user.1.name': 'ann',
  'if.count': 2,
  'if.0.name': 'lo',
  'if.0.addr.count': 1,
  'if.0.addr.0.addr': '127.0.0.1',
  'if.1.name': 'eth0',
  'if.1.hwaddr': '56:6F:1A:2B:00:01',
  'if.1.addr.count': 3,
  'if.1.addr.0.type': 'ipv4',
  'if.1.addr.0.addr': '10.0.0.5',
  'if.1.addr.1.addr': 'fe80::1',
  'if.1.addr.2.addr': '<script>',
  'fs.count': 1,
  'fs.0.mountpoint': '/',
  'fs.0.fstype': 'ext4',
  'fs.0.total-bytes': 100,
  'fs.0.used-bytes': 40,
  'fs.0.disk.count': 1,
  'fs.0.disk.0.serial': '33333333-0000-4000-8',
  'fs.0.disk.0.device': '/dev/vda2',
};

describe('what a guest tells', () => {
  it('becomes statistics of its VM', () => {
    const guest = mergeAgentVersion(
      mergeGuestInfo(emptyGuestFacts(), answer, 7),
      '{"return":{"version":"7.2.22","supported_commands":[]}}',
    );
    assert.deepEqual(guestStatistics(guest), {
      username: 'ann',
      session: 'Unknown',
      guestFQDN: 'web1',
      guestName: 'web1',
      guestIPs: '10.0.0.5',
      guestCPUCount: -1,
      appsList: ['kernel-6.1.0-41-cloud-amd64', 'qemu-guest-agent-7.2.22'],
      netIfaces: [{ name: 'eth0', hw: '56:6f:1a:2b:00:01', inet: ['10.0.0.5'], inet6: ['fe80::1'] }],
      disksUsage: [{ path: '/', total: '100', used: '40', fs: 'ext4' }],
      guestOs: '6.1.0-41-cloud-amd64',
      guestOsInfo: {
        type: 'linux',
        arch: 'x86_64',
        distribution: 'Debian GNU/Linux',
        version: '12',
        codename: 'bookworm',
        kernel: '6.1.0-41-cloud-amd64',
      },
      guestTimezone: { zone: 'CET', offset: 60 },
    });
    assert.deepEqual(guest.diskMapping, { '33333333-0000-4000-8': { name: '/dev/vda2' } });
  });

  it('stays known when a later answer has less', () => {
    const first = mergeGuestInfo(emptyGuestFacts(), answer, 7);
    const second = mergeGuestInfo(first, { hostname: 'web2' }, 8);
    assert.equal(second.hostName, 'web2');
    assert.deepEqual(second.interfaces, first.interfaces);
    assert.equal(second.answeredMs, 8);
  });

  it('is cut to size and cleaned', () => {
    const million = 1_000_000;
    const lies: Record<string, string | number> = {
      hostname: `a\u0000\u202E${'x'.repeat(million)}`,
      'if.count': million,
      'user.count': 10_000,
      'fs.count': 3,
      'fs.0.mountpoint': '/',
      'fs.0.total-bytes': -5,
      'fs.0.used-bytes': 1,
      'fs.1.mountpoint': '/b',
      'fs.1.total-bytes': 5,
      'fs.1.used-bytes': 6,
      'timezone.offset': 1e12,
    };
    for (let index = 0; index < 500; index++) {
      lies[`if.${index}.name`] = `eth${index}`;
      lies[`if.${index}.hwaddr`] = 'not a mac';
      lies[`if.${index}.addr.count`] = 10_000;
      for (let address = 0; address < 200; address++) lies[`if.${index}.addr.${address}.addr`] = `10.${index % 256}.0.${address}`;
      lies[`user.${index}.name`] = `<b>user${index}</b>\n`;
    }
    const guest = mergeGuestInfo(emptyGuestFacts(), lies, 1);
    assert.equal(guest.hostName?.length, guestLimits.nameCharacters);
    assert.ok(!guest.hostName.includes('\u0000') && !guest.hostName.includes('\u202E'));
    assert.equal(guest.interfaces?.length, guestLimits.interfaces);
    assert.equal(guest.interfaces[0]?.inet.length, guestLimits.addressesPerInterface);
    assert.equal(guest.interfaces[0]?.hw, '');
    assert.equal(guest.userNames?.length, guestLimits.users);
    assert.equal(guest.userNames[0], '<b>user0</b>', 'markup is text: who shows it escapes it');
    assert.deepEqual(guest.disksUsage, []);
    assert.equal(guest.timezone, undefined);
    assert.ok(JSON.stringify(guestStatistics(guest)).length < 200_000);
  });

  it('survives what is no text at all', () => {
    assert.equal(cleanText(undefined), '');
    assert.equal(cleanText(5), '');
    assert.equal(cleanText('\uD83D'), '');
    assert.equal(cleanText(`${'x'.repeat(255)}😀`, 256), 'x'.repeat(255));
    for (const bad of ['', '{', '[]', 'null', '{"return":null}', '{"return":{"version":7}}']) {
      assert.equal(mergeAgentVersion(emptyGuestFacts(), bad).agentVersion, undefined);
    }
  });
});
