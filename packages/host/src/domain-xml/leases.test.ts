import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findLeaseDevice, leaseElement, readLeases, setLeases } from './leases.ts';
import { parseXml } from './parse.ts';
import { DomainRequestError } from './request.ts';
import { writeXml } from './write.ts';

const ids = { domainId: '3f1a3e0e-1111-4222-8333-444455556666', leaseId: '75f8a1bb-4504-4314-91ca-d9365a30692b' };
const lease = (key: string, lockspace: string): string =>
  `<lease><key>${key}</key><lockspace>${lockspace}</lockspace><target path="LEASE-PATH:${key}:${lockspace}" offset="LEASE-OFFSET:${key}:${lockspace}"/></lease>`;

test('a lease lies where this host says, whatever the document said', () => {
  const devices = parseXml(`<devices><input/>${lease(ids.leaseId.toUpperCase(), ids.domainId)}</devices>`);
  assert.deepEqual(readLeases(devices), [ids]);
  assert.ok(findLeaseDevice(devices, ids));
  assert.equal(findLeaseDevice(devices, { ...ids, leaseId: ids.domainId }), undefined);
  setLeases(devices, [leaseElement(ids, { path: '/leases', offsetBytes: 3_145_728 })]);
  const target = '<target path="/leases" offset="3145728"/>';
  assert.equal(
    writeXml(devices).replaceAll(/\n */g, ''),
    `<devices><input/><lease><lockspace>${ids.domainId}</lockspace><key>${ids.leaseId}</key>${target}</lease></devices>`,
  );
  setLeases(devices, []);
  assert.deepEqual(readLeases(devices), []);
});

test('a lease that is not named by UUIDs is refused', () => {
  for (const [key, lockspace] of [
    ['a', ids.domainId],
    [ids.leaseId, '../etc'],
    ['', ''],
  ] as const)
    assert.throws(() => readLeases(parseXml(`<devices>${lease(key, lockspace)}</devices>`)), DomainRequestError);
});
