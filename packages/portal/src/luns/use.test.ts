import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hindranceOf, type Want } from './use.ts';

const at = (target: string) => ({ address: '192.0.2.1', port: 3260, target });
const domain: Want = { takes: 'domain', overwrite: false, chosen: [] };
const disk: Want = { takes: 'disk', overwrite: false, chosen: [] };
const key = (...given: Parameters<typeof hindranceOf>): string | undefined => hindranceOf(...given)?.key;

test('a LUN that is part of a storage domain, or a disk, is never chosen again', () => {
  for (const want of [domain, disk, { ...domain, overwrite: true }]) {
    assert.deepEqual(hindranceOf({ id: '1', storage_domain_id: 'd' }, want), { key: 'lun.reason.domain', domainId: 'd' });
    assert.deepEqual(hindranceOf({ id: '1', disk_id: 'k' }, want), { key: 'lun.reason.disk', diskId: 'k' });
    assert.equal(key({ id: '1', status: 'unusable' }, want), 'lun.reason.unusable');
  }
});

test('what is on a LUN keeps it from becoming part of a domain until it may be lost; a guest takes it as it is', () => {
  const used = { id: '1', status: 'used' } as const;
  assert.equal(key(used, domain), 'lun.reason.data');
  assert.equal(key({ ...used, volume_group_id: 'g' }, domain), 'lun.reason.group');
  assert.equal(key({ ...used, volume_group_id: 'g' }, { ...domain, overwrite: true }), undefined);
  assert.equal(key(used, disk), undefined);
  assert.equal(key({ id: '1', status: 'free' }, domain), undefined);
});

test('the LUNs of one domain are behind one target', () => {
  const chosen = [{ id: '1', ...at('iqn.a') }];
  assert.equal(key({ id: '2', ...at('iqn.b') }, { ...domain, chosen }), 'lun.reason.otherTarget');
  assert.equal(key({ id: '2', ...at('iqn.a') }, { ...domain, chosen }), undefined);
  assert.equal(key({ id: '1', ...at('iqn.a') }, { ...domain, chosen }), undefined);
});
