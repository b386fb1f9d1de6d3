import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withKey, withoutCloudInit } from './cloud-init.ts';
import { initializationPayload, saidInitialization } from './initialization.ts';

const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl';

test('the older description of a guest says the same as the newer', () => {
  const old = {
    host: { address: 'guest.example' },
    timezone: 'Europe/Berlin',
    regenerate_ssh_keys: true,
    users: [{ user_name: 'root', password: 'secret' }],
    authorized_keys: [{ user: { user_name: 'root' }, key: `${key}\n` }, { key: `${key} second` }],
    network_configuration: {
      dns: { servers: [{ address: '192.0.2.1' }, { address: '192.0.2.2' }], search_domains: [{ address: 'example' }] },
      nics: [
        {
          name: 'eth0',
          boot_protocol: 'static' as const,
          on_boot: true,
          network: { ip: { address: '192.0.2.9', netmask: '255.255.255.0', gateway: '192.0.2.254' } },
        },
      ],
    },
    files: [{ content: 'runcmd: []', type: 'plaintext' }],
  };
  const said = {
    host_name: 'guest.example',
    timezone: 'Europe/Berlin',
    regenerate_ssh_keys: true,
    user_name: 'root',
    root_password: 'secret',
    authorized_ssh_keys: `${key}\n${key} second`,
    dns_servers: '192.0.2.1 192.0.2.2',
    dns_search: 'example',
    nic_configurations: [
      {
        name: 'eth0',
        boot_protocol: 'static',
        on_boot: true,
        ip: { address: '192.0.2.9', netmask: '255.255.255.0', gateway: '192.0.2.254' },
      },
    ],
    custom_script: 'runcmd: []',
  };
  assert.deepEqual(withoutCloudInit({ cloud_init: old }), said);
  assert.deepEqual(withoutCloudInit({ cloud_init: old, host_name: 'newer' }), { ...said, host_name: 'newer' });
  const kept = saidInitialization({ cloud_init: old }, Buffer.alloc(32));
  assert.ok(!('cloud_init' in kept));
  assert.ok(!JSON.stringify(kept).includes('secret'), 'its password is sealed as well');
});

test('what the newer description has no place for is refused by its name', () => {
  for (const [old, field] of [
    [{ users: [{ user_name: 'a' }, { user_name: 'b' }] }, /cloud_init\.users/],
    [{ files: [{ content: 'a' }, { content: 'b' }] }, /cloud_init\.files/],
    [{ authorized_keys: [{ key, user: { user_name: 'b' } }] }, /cloud_init\.authorized_keys\.user/],
  ] as const)
    assert.throws(() => withoutCloudInit({ cloud_init: old as never }), field);
});

test('a key of a start stands beside those of the guest', () => {
  assert.deepEqual(withKey({ authorized_ssh_keys: 'first\n', host_name: 'n' }, key), {
    authorized_ssh_keys: `first\n${key}`,
    host_name: 'n',
  });
  assert.equal(withKey(undefined, undefined), undefined);
  const payload = initializationPayload(withKey(undefined, key) ?? {}, { id: 'id', name: 'n' }, 'cloud_init');
  assert.match(payload?.files['openstack/latest/user_data'] ?? '', /ssh_authorized_keys.*ssh-ed25519/);
});
