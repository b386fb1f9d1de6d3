// Budget: 60 s
// Needs: guestImage, hypervisor, ovmf
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { buildGuestImage } from './build.ts';
import type { GuestImage } from './build.ts';
import { PlainGuest } from './plain-qemu.ts';

const BOOT_TIMEOUT_MS = 90_000;
const OVMF = ['/usr/share/OVMF/OVMF_CODE.fd', '/usr/share/OVMF/OVMF_CODE_4M.fd'].find((path) => existsSync(path));
const cacheDir = join('/var/tmp', 'virgate-packages');
let folder: string;
let image: GuestImage;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'image-'));
  image = await buildGuestImage({ outDir: folder, cacheDir });
});

after(async () => {
  await rm(folder, { recursive: true, force: true });
});

test('the second build with the same inputs is the first one', async () => {
  const again = await buildGuestImage({ outDir: folder, cacheDir });
  assert.deepEqual(again, image);
});

test('too small a disk is refused', async () => {
  await assert.rejects(buildGuestImage({ outDir: folder, cacheDir, sizeBytes: 32 * 1024 * 1024 }), { code: 'size_too_small' });
});

test('the guest boots by BIOS, gets an address, answers by its agent, takes keys, reads NoCloud data, and obeys the power button', async () => {
  const seed = join(folder, 'seed');
  await mkdir(seed);
  await writeFile(join(seed, 'meta-data'), 'instance-id: i-1\nlocal-hostname: seeded\n');
  await writeFile(join(seed, 'user-data'), '#!/bin/sh\necho USER-DATA-RAN >/dev/ttyS0\n');
  execFileSync('genisoimage', ['-quiet', '-V', 'cidata', '-J', '-r', '-o', join(folder, 'seed.iso'), seed]);
  await using guest = await PlainGuest.start(image.path, [
    '-device',
    'virtio-scsi-pci',
    '-drive',
    `file=${join(folder, 'seed.iso')},if=none,id=cd,format=raw,readonly=on`,
    '-device',
    'scsi-cd,drive=cd',
  ]);
  const ready = await guest.waitForSerial(/VIRGATE-GUEST-READY (\S+) uptime=([\d.]+)/, BOOT_TIMEOUT_MS);
  assert.equal(ready[1], 'seeded');
  assert.match(await guest.serialText(), /USER-DATA-RAN/);
  await guest.waitForSerial(/VIRGATE-GUEST-ADDRESS eth0 10\.0\.2\.15/, 30_000);

  assert.deepEqual(await guest.agent('guest-ping'), {});
  assert.deepEqual(await guest.agent('guest-get-host-name'), { 'host-name': 'seeded' });
  const interfaces = (await guest.agent('guest-network-get-interfaces')) as { name: string; 'ip-addresses'?: { 'ip-address': string }[] }[];
  assert.ok(interfaces.find((entry) => entry.name === 'eth0')?.['ip-addresses']?.some((address) => address['ip-address'] === '10.0.2.15'));
  assert.equal(((await guest.agent('guest-get-osinfo')) as { id: string }).id, 'virgate-guest');

  await guest.type('echo typed > /dev/ttyS0');
  await guest.waitForSerial(/^typed\r?$/m, 15_000);

  await guest.monitor('system_powerdown');
  assert.equal(await guest.ends(30_000), true, 'the power button switches the guest off');
});

test('the same disk boots by UEFI', async () => {
  assert.equal(image.bootsUefi, true);
  await using guest = await PlainGuest.start(image.path, [
    '-machine',
    'q35',
    '-m',
    '384',
    '-drive',
    `if=pflash,format=raw,readonly=on,file=${OVMF}`,
  ]);
  await guest.waitForSerial(/VIRGATE-GUEST-READY/, BOOT_TIMEOUT_MS);
});
