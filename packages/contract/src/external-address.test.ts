import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ExternalAddressError, providerOf, readExternalAddress, type ExternalProvider } from './external-address.ts';

const taken: readonly [ExternalProvider, string, string, string][] = [
  ['kvm', 'qemu+tcp://h.example/system', 'tcp', 'h.example'],
  ['kvm', 'qemu+tls://[2001:db8::7]:16514/system?no_verify=1', 'tls', '2001:db8::7'],
  ['kvm', 'qemu+ssh://root@h/system', 'ssh', 'h'],
  ['kvm', 'qemu://h/system', 'tls', 'h'],
  ['xen', 'xen+ssh://root@192.0.2.7', 'ssh', '192.0.2.7'],
  ['vmware', 'vpx://domain%5cuser@vc.example/Data%20Center/cluster/esx1?no_verify=1', 'https', 'vc.example'],
  ['vmware', 'esx://root@esx.example', 'https', 'esx.example'],
];

test('addresses of other managers are taken apart', () => {
  for (const [provider, url, transport, host] of taken) {
    assert.deepEqual(readExternalAddress(url, provider), { provider, transport, host }, url);
    assert.equal(providerOf(url), provider, url);
  }
});

const refused: readonly [ExternalProvider, string, RegExp][] = [
  ['kvm', 'qemu+ssh://h/system?command=/bin/sh', /no other/],
  ['kvm', 'qemu+ssh://h/system?netcat=id%3Btouch', /no other/],
  ['kvm', 'qemu+ssh://h/system?no_verify=1&keyfile=/etc/shadow', /no other/],
  ['kvm', 'qemu+tls://h/system?pkipath=/tmp/x', /no other/],
  ['kvm', 'qemu+tcp://h/system?authfile=/etc/shadow', /no other/],
  ['kvm', 'qemu+tcp://h/system?no_verify=1;socket=/x', /no other/],
  ['kvm', 'qemu+unix:///system?socket=/run/libvirt/libvirt-sock', /no address of kvm/],
  ['kvm', 'qemu+ext:///system?command=/bin/sh', /no address of kvm/],
  ['kvm', 'qemu:///system', /host itself/],
  ['kvm', 'qemu+ssh://-oProxyCommand=id/system', /host itself/],
  ['kvm', 'qemu+ssh://root@-oProxyCommand=id/system', /host itself/],
  ['kvm', 'qemu+ssh://root:secret@h/system', /no password/],
  ['kvm', 'qemu+tcp://h:0/system', /port/],
  ['kvm', 'qemu+tcp://h:99999/system', /port/],
  ['kvm', 'qemu+tcp://h/../system', /\.\./],
  ['kvm', 'qemu+tcp://h/sys tem', /spaces/],
  ['kvm', 'qemu+tcp://h/sys\ntem', /spaces/],
  ['kvm', `qemu+tcp://h/${'x'.repeat(5000)}`, /characters/],
  ['kvm', 'test:///default', /no address of kvm/],
  ['kvm', 'file:///etc/passwd', /no address of kvm/],
  ['kvm', 'vpx://h/dc', /no address of kvm/],
  ['xen', 'xen:///', /no address of xen/],
  ['vmware', 'qemu+tcp://h/system', /no address of vmware/],
  ['vmware', 'https://vc.example', /no address of vmware/],
  ['vmware', '', /no address/],
];

test('addresses by which a host would run programs, read files or look into itself are refused', () => {
  for (const [provider, url, says] of refused)
    assert.throws(
      () => readExternalAddress(url, provider),
      (error: unknown) => error instanceof ExternalAddressError && says.test(error.message) && !error.message.includes('secret'),
      url,
    );
});
