import assert from 'node:assert/strict';
import { test } from 'node:test';
import { guarding, noting, tagOf } from './entity-tags.ts';

const id = '00000000-0000-4000-8000-000000000001';
const other = '00000000-0000-4000-8000-000000000002';

test('the tag of an object that is read is remembered, of lists and of parts it is not', async () => {
  const send = noting(async () => new Response('{}', { headers: { etag: '"v1.x"' } }));
  await send(`https://engine/ovirt-engine/api/vms/${id}?follow=tags`);
  await send('https://engine/ovirt-engine/api/vms');
  await send(`https://engine/ovirt-engine/api/vms/${id}/nics/${other}`);
  await send(`https://engine/ovirt-engine/api/vms/${other}`, { method: 'PUT' });
  assert.equal(tagOf(id), '"v1.x"');
  assert.equal(tagOf(other), undefined);
});

test('only changes of the object itself carry its tag', async () => {
  const seen: (string | null)[] = [];
  const send = guarding(
    async (_, init) => {
      seen.push(new Headers(init?.headers).get('if-match'));
      return new Response('{}');
    },
    id,
    '"v1.x"',
  );
  await send(`https://engine/ovirt-engine/api/vms/${id}`, { method: 'PUT' });
  await send(`https://engine/ovirt-engine/api/vms/${other}`, { method: 'PUT' });
  await send(`https://engine/ovirt-engine/api/vms/${id}`);
  await send(`https://engine/ovirt-engine/api/vms/${id}/start`, { method: 'POST' });
  assert.deepEqual(seen, ['"v1.x"', null, null, null]);
});
