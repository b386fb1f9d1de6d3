import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  displayTlsOf,
  lockManagerOf,
  migrationPkiOf,
  qemuGroupOf,
  renderLibvirtdConf,
  renderQemuConf,
  renderSanlockConf,
} from './private-daemon-config.ts';
import { PrivateLibvirtdError } from './private-daemon-error.ts';
import { identify, isAlive, waitForEnd } from './process-identity.ts';

const badOption = (error: unknown): boolean => error instanceof PrivateLibvirtdError && error.code === 'BAD_OPTION';

describe("a private daemon's configuration", () => {
  it('guards the socket by its folder and names the host', () => {
    const text = renderLibvirtdConf({ hostUuid: '11111111-2222-4333-8444-555555555555', extraConf: { libvirtd: { max_clients: 50 } } });
    assert.match(text, /^auth_unix_rw = "none"$/m);
    assert.match(text, /^host_uuid = "11111111-2222-4333-8444-555555555555"$/m);
    assert.match(text, /^max_clients = 50$/m);
  });

  it('needs neither cgroups nor virtlogd', () => {
    const text = renderQemuConf({
      displayPorts: { min: 6100, max: 6199 },
      extraConf: { qemu: { cgroup_device_acl: ['/dev/null', '/dev/zero'] } },
    });
    assert.match(text, /^cgroup_controllers = \[ {2}\]$/m);
    assert.match(text, /^stdio_handler = "file"$/m);
    assert.match(text, /^vnc_listen = "127.0.0.1"$/m);
    assert.match(text, /^remote_display_port_min = 6100\nremote_display_port_max = 6199$/m);
    assert.match(text, /^cgroup_device_acl = \[ "\/dev\/null", "\/dev\/zero" \]$/m);
  });

  it('refuses what would break out of a line, and impossible ports', () => {
    assert.throws(() => renderQemuConf({ vncListen: '0.0.0.0"\nuser = "x' }), badOption);
    assert.throws(() => renderQemuConf({ extraConf: { qemu: { 'a = 1\nb': 1 } } }), badOption);
    assert.throws(() => renderQemuConf({ displayPorts: { min: 5800, max: 5900 } }), badOption);
    assert.throws(() => renderQemuConf({ migrationPorts: { min: 50_000, max: 49_000 } }), badOption);
    assert.throws(() => renderLibvirtdConf({ hostUuid: 'here' }), badOption);
  });
});

describe('the identity of a process', () => {
  it('is its id and start', async () => {
    const own = identify(process.pid)!;
    assert.ok(isAlive(own));
    assert.equal(isAlive({ ...own, startTime: '1' }), false);
    assert.equal(identify(2 ** 22 + 1), undefined);
    assert.equal(await waitForEnd(own, 0), false);
    assert.equal(await waitForEnd({ ...own, startTime: '1' }, 0), true);
  });
});

describe('TLS of screens', () => {
  it('is what qemu.conf turns on, in the folders that it names or libvirt has by itself', () => {
    assert.deepEqual(displayTlsOf('#vnc_tls = 1\nspice_tls = 0\n'), {});
    assert.deepEqual(displayTlsOf('vnc_tls = 1\n  spice_tls=1\nspice_tls_x509_cert_dir = "/etc/pki/screens"\n'), {
      vncDirectory: '/etc/pki/libvirt-vnc',
      spiceDirectory: '/etc/pki/screens',
    });
  });
});

describe('the lock manager', () => {
  it('is what qemu.conf says, and none where it says nothing', () => {
    assert.equal(lockManagerOf(renderQemuConf({ lockManager: 'sanlock' })), 'sanlock');
    assert.equal(lockManagerOf(renderQemuConf({})), 'none');
    assert.equal(lockManagerOf('#lock_manager = "sanlock"\n'), 'none');
    assert.equal(lockManagerOf('  lock_manager="sanlock"\n'), 'sanlock');
    assert.equal(renderSanlockConf(), 'auto_disk_leases = 0\nrequire_lease_for_disks = 0\n');
  });
});

describe('what migrations are encrypted with', () => {
  it('lies where qemu.conf says, for the group that it names', () => {
    assert.equal(migrationPkiOf(renderQemuConf({})), '/etc/libvirt/migration-pki');
    assert.equal(migrationPkiOf('#migrate_tls_x509_cert_dir = "/etc/pki/libvirt-migrate"\n'), undefined);
    assert.deepEqual(['group = "qemu"\n', ' group="+107"\n', '#group = "root"\n'].map(qemuGroupOf), ['qemu', '107', undefined]);
  });
});
