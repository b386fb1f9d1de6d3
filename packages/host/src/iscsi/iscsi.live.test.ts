// Budget: 15 s
// Needs: root, iscsi
import { VdsmError } from '@virgate/vdsm';
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startTargets } from '../storage-fixture/iscsi-target.ts';
import type { TestTargets } from '../storage-fixture/iscsi-target.ts';
import { createDirectLuns } from './direct-luns.ts';
import { IscsiSessions } from './sessions.ts';

const call = {} as never;
const open = 'iqn.2026-11.com.example:open';
const guarded = 'iqn.2026-11.com.example:guarded';
const secret = `p@ss%w:rd/'"$(id)`;
let port: number;
let targets: TestTargets;
const block = { devices: { list: () => Promise.resolve([]) }, groups: { list: () => Promise.resolve([]) } };
const sessions = new IscsiSessions(block as never);

const ask = (name: string, params: Record<string, unknown>): Promise<unknown> =>
  sessions.verbs()[name]?.(params, call) ?? Promise.reject(new Error('no such verb'));
const refusal = async (work: Promise<unknown>): Promise<number> =>
  await work.then(
    () => 0,
    (error: unknown) => {
      assert.ok(error instanceof VdsmError, String(error));
      assert.ok(!error.message.includes(secret));
      return error.code;
    },
  );
const connection = (iqn: string, more: object = {}): Record<string, unknown> => ({ id: 'x', connection: '127.0.0.1', port, iqn, ...more });

before(async () => {
  targets = await startTargets({ [open]: null, [guarded]: { user: 'bob', password: secret } });
  ({ port } = targets);
});
after(() => targets?.stop());

test('a portal tells of its targets', async () => {
  const targets = (await ask('ISCSIConnection.discoverSendTargets', { host: '127.0.0.1', port: String(port) })) as string[];
  assert.deepEqual(targets.toSorted(), [`127.0.0.1:${port},1 ${guarded}`, `127.0.0.1:${port},1 ${open}`]);
  assert.equal(await refusal(ask('ISCSIConnection.discoverSendTargets', { host: '127.0.0.1', port: 1 })), 475);
});

test('a host signs in at targets and sees their LUNs until it signs out', async () => {
  assert.deepEqual(await ask('Host.getDeviceList', { storageType: 3 }), []);
  await sessions.connect(connection(open));
  await sessions.connect(connection(guarded, { user: 'bob', password: secret }));
  const devices = (await ask('Host.getDeviceList', { storageType: 3, guids: [] })) as Record<string, unknown>[];
  assert.deepEqual(devices.map((device) => String(device['GUID'])).toSorted(), [`${guarded}:lun-1`, `${open}:lun-1`]);
  const device = devices.find((one) => one['GUID'] === `${open}:lun-1`);
  assert.deepEqual(
    [device?.['capacity'], device?.['vendorID'], device?.['logicalblocksize'], device?.['devtype']],
    ['67108864', 'IET', '512', 'iSCSI'],
  );
  assert.ok(!JSON.stringify(devices).includes(secret));
  assert.deepEqual(await ask('Host.getDevicesVisibility', { guidList: [`${open}:lun-1`, 'other'] }), {
    [`${open}:lun-1`]: true,
    other: false,
  });
  assert.deepEqual(await ask('Host.getDeviceList', { storageType: 2 }), [], 'no Fibre Channel');
  for (const iqn of [open, guarded]) await sessions.disconnect(connection(iqn));
  assert.deepEqual(await ask('Host.getDeviceList', {}), []);
});

test('a LUN is found as a disk of a VM while the host is signed in at its target', async () => {
  const luns = createDirectLuns(block.devices as never, sessions);
  assert.equal(await refusal(luns.find(`${guarded}:lun-1`)), 606);
  await sessions.connect(connection(guarded, { user: 'bob', password: secret }));
  const where = { kind: 'iscsi', host: '127.0.0.1', port, iqn: guarded, number: 1, user: 'bob', password: secret };
  assert.deepEqual(await luns.find(`${guarded}:lun-1`), where);
  for (const guid of [`${guarded}:lun-7`, `${guarded}:lun-01`, guarded, `${open}:lun-1`])
    assert.equal(await refusal(luns.find(guid)), 606, guid);
  await sessions.disconnect(connection(guarded));
});

test('wrong secrets, missing targets and hostile names are refused', async () => {
  assert.equal(await refusal(sessions.connect(connection(guarded, { user: 'bob', password: 'wrong' }))), 476);
  assert.equal(await refusal(sessions.connect(connection('iqn.2026-11.com.example:none'))), 464);
  for (const iqn of ['', '--op', 'iqn; reboot', 'iqn.2026-11.com.example:a b', `iqn.2026-11.com.example:${'x'.repeat(300)}`, '../../etc'])
    assert.equal(await refusal(sessions.connect(connection(iqn))), 453, iqn);
  for (const host of ['', '-s', 'a b', 'user%secret@host', 'host/path', 'a'.repeat(300)])
    assert.equal(await refusal(ask('ISCSIConnection.discoverSendTargets', { host, port })), 472, host);
  assert.equal(await refusal(ask('ISCSIConnection.discoverSendTargets', { host: '169.254.169.254', port: 3260 })), 453);
  for (const wrong of [{ port: 0 }, { port: 'x' }, { port: 70_000 }, { password: 'a\nb' }, { user: 'u'.repeat(300) }])
    assert.equal(
      await refusal(ask('ISCSIConnection.discoverSendTargets', { host: '127.0.0.1', port, ...wrong })),
      453,
      JSON.stringify(wrong),
    );
});
