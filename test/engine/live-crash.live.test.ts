// Budget: 60 s
/** `kill -9` of engine and agents in the middle of jobs on the disks of a running VM, which goes on writing to them. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { ProbePoint } from '@virgate/saga';
import { Installation, eventually, expectStatus, gib } from './installation.ts';
import { whole, type Json } from './rest-client.ts';

const settleTimeoutMs = 60_000;
const downMs = 150;

let installation: Installation;
let vmId: string;
let diskId: string;
let reached: ((point: ProbePoint) => void) | undefined;

before(async () => {
  installation = await Installation.start({
    hosts: 2,
    engineProgram: join(import.meta.dirname, 'interruptible-engine.ts'),
    bootDelayMs: 30,
  });
  installation.onEngineTold = (message) => {
    const { stoppedAt } = message as { stoppedAt?: ProbePoint };
    if (stoppedAt !== undefined) reached?.(stoppedAt);
  };
  await installation.addStorage();
  await installation.addStorage('other');
  const { rest } = installation;
  const vm = expectStatus(
    await rest.post('/vms', { name: 'lively', cluster: { name: 'Default' }, template: { name: 'Blank' }, memory: 64 * 1024 ** 2 }),
    201,
  );
  vmId = vm.id as string;
  const disk = { name: 'one', provisioned_size: gib, format: 'raw', sparse: true, storage_domains: { storage_domain: [{ name: 'data' }] } };
  diskId = expectStatus(
    await rest.post(`/vms/${vmId}/diskattachments`, { interface: 'virtio', bootable: true, active: true, disk }, whole),
    201,
  ).id as string;
  expectStatus(await rest.post(`/vms/${vmId}/start`, {}), 200);
  await installation.vmStatus(vmId, 'up');
});
after(() => installation.stop());

/** The next point to which a job comes. */
const arrival = (): Promise<ProbePoint> =>
  new Promise((resolve) => {
    reached = resolve;
  });

async function within<T>(what: string, awaited: Promise<T>): Promise<T> {
  const waiting = new AbortController();
  const late = delay(settleTimeoutMs, null, { signal: waiting.signal }).catch(() => null);
  const found = await Promise.race([awaited, late]);
  waiting.abort();
  if (found === null) throw new Error(`not so after ${settleTimeoutMs} ms: ${what}\n${(await installation.engineLog()).slice(-3_000)}`);
  return found;
}

const pointOf = (step: string) => ({ step, going: 'run', at: 'ran' }) as const;

/** Does a job, and kills somebody at each of its steps: when the host has done what the step asks for, and the engine has not noted it. */
async function killedAt(steps: readonly string[], victim: 'engine' | 'agents', begin: () => Promise<unknown>): Promise<void> {
  const [first = '', ...more] = steps;
  let arrived = arrival();
  await installation.engine.ask({ kind: 'stop-at', point: pointOf(first) });
  void begin().catch(() => undefined);
  for (const next of [...more, undefined]) {
    await within(`a job comes to the next of ${steps.join()}`, arrived);
    arrived = arrival();
    if (victim === 'engine') {
      await installation.engine.kill();
      await installation.startEngine(next === undefined ? {} : { VIRGATE_TEST_STOP_AT: JSON.stringify(pointOf(next)) });
    } else {
      await installation.killHosts();
      await installation.engine.ask({ kind: 'go-on' });
      await delay(downMs);
      await installation.startHosts();
    }
  }
  await eventually(
    'the job has ended',
    async () => (await installation.rows(`select 1 from saga where status in ('running', 'undoing')`)).length === 0,
    settleTimeoutMs,
  );
}

/** Rows, storage and the domain that runs say the same. @param mayFail a job that may have been undone instead */
async function consistent(mayFail = ''): Promise<void> {
  await installation.hostsUp(settleTimeoutMs);
  assert.deepEqual(await installation.rows('select lock_group, object_id from object_lock'), []);
  assert.deepEqual(await installation.rows(`select name from disk where status <> 'ok'`), []);
  assert.deepEqual(await installation.rows(`select name, status from saga where status <> 'succeeded' and name <> $1`, [mayFail]), []);
  const images = await installation.rows('select id, parent_id, active, storage_domain_id, status from image');
  const { volumes, launches } = await installation.look();
  assert.equal(launches[vmId], 1, 'the VM runs on');
  const none = '00000000-0000-0000-0000-000000000000';
  assert.deepEqual(
    volumes.map((volume) => `${volume.volumeId} on ${volume.parentId}`).sort(),
    images.map((image) => `${image.id} on ${image.parent_id ?? none}`).sort(),
  );
  assert.equal(new Set(images.map((image) => image.storage_domain_id)).size, 1, 'the disk is in one place');
  const active = images.find((image) => image.active);
  const domain = await installation.domainOf(vmId);
  assert.ok(domain?.includes(`${active?.storage_domain_id}/images/${diskId}/${active?.id}`), 'the VM writes to the active volume');
}

const take = (): Promise<unknown> =>
  installation.rest.post(`/vms/${vmId}/snapshots`, { description: 'cut off', persist_memorystate: false });

async function remove(): Promise<unknown> {
  const list = expectStatus(await installation.rest.get(`/vms/${vmId}/snapshots`), 200).snapshot as Json[];
  const taken = list.find((one) => one.snapshot_type === 'regular');
  return installation.rest.delete(`/vms/${vmId}/snapshots/${taken?.id}?async=true`);
}

const move = (name: string) => (): Promise<unknown> =>
  installation.rest.post(`/disks/${diskId}/move`, { storage_domain: { name }, async: true });

test('the engine killed at each step of a snapshot, and of its removal', async () => {
  await killedAt(['leaf-0', 'snapshot'], 'engine', take);
  await consistent();
  await killedAt(['live-0', 'delete-0'], 'engine', remove);
  await consistent();
});

test('the engine killed at each step of a live move', async () => {
  await killedAt(['snapshot', 'clone', 'replicate', 'sync', 'finish', 'source', 'live-0'], 'engine', move('other'));
  await consistent();
});

test('the agents killed while they work on the disk', async () => {
  await killedAt(['snapshot'], 'agents', take);
  await consistent();
  await killedAt(['live-0'], 'agents', remove);
  await consistent();
  // Without a storage manager for that moment the move goes on or is taken back: the disk is wholly here or there.
  await killedAt(['replicate'], 'agents', move('data'));
  await consistent('LiveMigrateDisk');
});
