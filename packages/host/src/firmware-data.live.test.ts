// Budget: 45 s
// Needs: root, hypervisor, ovmf, tpm
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { testDomain } from './agent-fixture/domain.ts';
import type { TestDomain } from './agent-fixture/domain.ts';
import { LiveHost } from './agent-fixture/host.ts';

let host: LiveHost;

before(async () => {
  host = await LiveHost.start();
  await host.startAgent();
});
after(() => host.close());

interface Answer {
  hash: string;
  data: string;
}
async function dataOf(vmID: string, kind: string, more: object = {}): Promise<Answer> {
  const answer = await host.call<Record<string, string>>('VM.getExternalData', { vmID, kind, ...more });
  return { hash: answer['hash'] ?? '', data: answer['_X_data'] ?? '' };
}

async function start(vmId: string, domain: Partial<TestDomain>, given: object = {}): Promise<void> {
  await host.call('VM.create', {
    vmID: vmId,
    vmParams: { vmId, xml: testDomain({ vmId, memoryMib: 256, paused: true, ...domain }), ...given },
  });
  await host.untilStatus(vmId, 'Paused');
}

const state = (answer: Answer): Buffer =>
  execFileSync('tar', ['--extract', '--xz', '--to-stdout', './tpm2/tpm2-00.permall'], { input: Buffer.from(answer.data, 'base64') });
const sameBytes = (one: Buffer, other: Buffer): number => one.filter((byte, at) => byte === other[at]).length;
const unpack = (data: string): Buffer => execFileSync('bzip2', ['-dc'], { input: Buffer.from(data.slice(3), 'base64') });

describe('variables of UEFI', () => {
  it('outlive a run with who keeps them', async () => {
    const vmId = randomUUID();
    await start(vmId, { uefi: true });
    const first = await dataOf(vmId, 'nvram');
    assert.match(first.hash, /^[0-9a-f]{64}$/);
    assert.deepEqual(await dataOf(vmId, 'nvram', { lastHash: first.hash }), { hash: first.hash, data: '' });
    // Firmware that runs writes its variables.
    await host.call('VM.cont', { vmID: vmId });
    const written = await host.until('the firmware has written variables', async () => {
      const now = await dataOf(vmId, 'nvram', { forceUpdate: true });
      return now.hash !== first.hash && now;
    });
    await host.call('VM.pause', { vmID: vmId });
    const last = await dataOf(vmId, 'nvram');
    assert.equal((await host.stats(vmId))?.['nvramHash'], last.hash);
    await assert.rejects(dataOf(vmId, 'tpm'), { code: 89 });
    await assert.rejects(dataOf(vmId, 'bios'), { code: 91 });
    await host.call('VM.destroy', { vmID: vmId });
    await assert.rejects(dataOf(vmId, 'nvram'), { code: 1 });

    await start(vmId, { uefi: true }, { _X_nvramdata: last.data });
    const given = await dataOf(vmId, 'nvram');
    assert.deepEqual(unpack(given.data), unpack(last.data));
    assert.equal(given.hash, last.hash);
    assert.ok(written.hash.length > 0);
    await host.call('VM.destroy', { vmID: vmId });
    // Without them the machine is new.
    await start(vmId, { uefi: true });
    assert.equal((await dataOf(vmId, 'nvram')).hash, first.hash);
    await host.call('VM.destroy', { vmID: vmId });
    const log = await host.log();
    assert.ok(!log.includes(last.data.slice(0, 200)));
  });

  it('that are none keep the VM from starting', async () => {
    const vmId = randomUUID();
    await host.call('VM.create', {
      vmID: vmId,
      vmParams: { vmId, xml: testDomain({ vmId, paused: true, uefi: true }), _X_nvramdata: '=0=AAAA' },
    });
    const down = await host.untilStatus(vmId, 'Down');
    assert.match(String(down['exitMessage']), /NVRAM data of the VM/);
    await host.call('VM.destroy', { vmID: vmId });
  });
});

describe('a TPM', () => {
  it('is the same in the next run, of a VM that ended by itself too', async () => {
    const vmId = randomUUID();
    await start(vmId, { tpm: true });
    const first = await dataOf(vmId, 'tpm');
    assert.ok(first.data.length > 100);
    await host.call('VM.destroy', { vmID: vmId });
    assert.deepEqual(await readdir(join(host.libvirtd.stateDirectory, 'swtpm')).catch(() => []), []);
    await start(vmId, { tpm: true }, { _X_tpmdata: first.data });
    const second = await dataOf(vmId, 'tpm');
    await host.call('VM.destroy', { vmID: vmId });
    await start(vmId, { tpm: true });
    const other = await dataOf(vmId, 'tpm');
    await host.call('VM.destroy', { vmID: vmId });
    // A TPM notes that it was started; its secrets stay.
    const likeness = (one: Answer): number => sameBytes(state(first), state(one));
    assert.ok(
      likeness(second) > likeness(other),
      `${likeness(second)} of ${state(first).length} bytes are the same, and ${likeness(other)} of another`,
    );
  });
});
