import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readImport } from './request.ts';
import { V2vProgress, v2vCommand } from './v2v.ts';
import { authText, readManager } from './virsh.ts';

const id = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
const vminfo = {
  vmName: 'web',
  poolID: id(1),
  domainID: id(2),
  disks: [{ imageID: id(3), volumeID: id(4) }],
  format: 'COW',
  allocation: 'SPARSE',
};
const request = readImport({ vminfo, jobid: id(5) });
const place = { domain: '/rhev/data-center/mnt/x/domain', folder: '/run/v2v', passwordFile: '/run/v2v/x.secret' };

test('virt-v2v fetches a VM of VMware into volumes that are there', () => {
  const uri = 'vpx://root@vc.example/dc/esx?no_verify=1';
  const manager = readManager({ uri, username: 'root', password: 'never shown' });
  const command = v2vCommand(manager, request, place);
  assert.equal(
    command.join(' '),
    `virt-v2v --machine-readable -ic ${uri} -ip /run/v2v/x.secret -o vdsm -os /rhev/data-center/mnt/x/domain -of qcow2 -oa sparse` +
      ` -oo vdsm-image-uuid=${id(3)} -oo vdsm-vol-uuid=${id(4)} -oo vdsm-vm-uuid=${id(5)} -oo vdsm-ovf-output=/run/v2v` +
      ' -oo vdsm-compat=1.1 -- web',
  );
  assert.ok(!command.join(' ').includes('never shown'));
});

test('Xen is spoken to by SSH, without a password', () => {
  const command = v2vCommand(readManager({ uri: 'xen+ssh://root@xen.example', username: 'root', password: 'x' }), request, place);
  assert.ok(!command.includes('-ip'));
});

test('progress is that of all disks', () => {
  const progress = new V2vProgress();
  assert.equal(progress.read('[   0.0] Setting up the source'), undefined);
  assert.equal(progress.read('[ 10.0] Copying disk 1/2\n    (50.12/100%)\r'), 25);
  assert.equal(progress.read('    (100.00/100%)\n[ 20.0] Copying disk 2/2'), 50);
  assert.equal(progress.read('    (100/100%)'), 100);
});

test('credentials are lines of a file, and none can add one', () => {
  assert.match(
    authText({ username: 'root', password: 'a b=c' }),
    /^\[credentials-import\]\nusername=root\npassword=a b=c\n\[auth-libvirt-default\]\ncredentials=import\n/,
  );
  const uri = 'qemu+tcp://h/system';
  assert.throws(() => readManager({ uri, username: 'root', password: 'x\n[auth-libvirt-default]' }), { code: 91, message: /password/ });
  assert.throws(() => readManager({ uri, username: 'root\nx=y', password: 'x' }), { code: 91, message: /username/ });
  assert.throws(() => readManager({ uri: 'qemu+ssh://h/system?command=id', password: 'x' }), { code: 91, message: /uri/ });
  assert.throws(() => readManager({ uri: 'qemu:///system' }), { code: 91, message: /uri/ });
  assert.throws(() => readManager({ uri: 'test:///default' }), { code: 91, message: /uri/ });
});

test('a request that cannot be is refused by the name of its field', () => {
  const refused: [Record<string, unknown>, RegExp][] = [
    [{ vmName: '-oProxy' }, /vminfo\.vmName/],
    [{ vmName: 'a\nb' }, /vminfo\.vmName/],
    [{ disks: [] }, /vminfo\.disks/],
    [{ format: 'VMDK' }, /vminfo\.format/],
    [{ allocation: 'THICK' }, /vminfo\.allocation/],
    [{ virtio_iso_path: '../x.iso' }, /virtio_iso_path/],
  ];
  for (const [change, says] of refused)
    assert.throws(() => readImport({ vminfo: { ...vminfo, ...change }, jobid: id(5) }), { code: 91, message: says });
});
