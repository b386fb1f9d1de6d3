// Budget: 180 s
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { ProbePoint } from '@virgate/saga';
import { Installation, eventually, expectStatus, gib } from './installation.ts';
import type { StopPoint } from './interruptible-engine.ts';
import { whole, type Json } from './rest-client.ts';

/** Which process is killed with SIGKILL, and started again. */
type Victim = 'engine' | 'agent' | 'PostgreSQL';
/** A job and what makes it go wrong, where it is to be undone. */
type Job = 'create' | 'create, out of space' | 'start' | 'start, refused';

interface Case {
  readonly job: Job;
  readonly point: StopPoint;
  readonly victim: Victim;
}

const victims: readonly Victim[] = ['engine', 'agent', 'PostgreSQL'];
/** Steps as the sagas list them, of a VM with two disks. A test below sees that these are all. */
const stepsOf = { create: ['definition', 'disk-0', 'disk-1', 'unlock'], start: ['schedule', 'create'] } as const;
const moments: readonly ProbePoint['at'][] = ['intent', 'ran', 'stored'];
const momentNames: Readonly<Record<string, string>> = { intent: 'before', tx_done: 'within', ran: 'after', stored: 'after, noted' };
/** How long the victim is away. */
const downMs = 150;
const settleTimeoutMs = 40_000;
const logTailCharacters = 6_000;
/** Codes of hosts. Source: VDSM errors. */
const noSpaceLeft = 397;
const createError = 9;

function plan(): Case[] {
  const cases: Case[] = [];
  for (const victim of victims) {
    for (const step of stepsOf.create) for (const at of moments) cases.push({ job: 'create', point: { step, going: 'run', at }, victim });
    for (const step of stepsOf.start) for (const at of moments) cases.push({ job: 'start', point: { step, going: 'run', at }, victim });
    cases.push({ job: 'start', point: { step: 'create', going: 'run', at: 'tx_done' }, victim });
  }
  for (const at of moments) {
    for (const step of ['disk-1', 'disk-0', 'definition'])
      cases.push({ job: 'create, out of space', point: { step, going: 'undo', at }, victim: 'engine' });
    for (const step of ['create', 'schedule']) cases.push({ job: 'start, refused', point: { step, going: 'undo', at }, victim: 'engine' });
  }
  return cases;
}

let installation: Installation;
let template: { id: string };
let stoppedAt: ((point: ProbePoint) => void) | undefined;
/** What came of each case: by job, step and moment, then by what was killed. */
const outcomes = new Map<string, Partial<Record<Victim, string>>>();

before(async () => {
  installation = await Installation.start({
    hosts: 2,
    durability: 'durable',
    engineProgram: join(import.meta.dirname, 'interruptible-engine.ts'),
    bootDelayMs: 30,
    logLevel: 'debug',
  });
  installation.onEngineTold = (message) => {
    const { stoppedAt: point } = message as { stoppedAt?: ProbePoint };
    if (point !== undefined) stoppedAt?.(point);
  };
  await installation.addStorage();
  template = await twoDiskTemplate();
});

after(() => installation.stop());

async function twoDiskTemplate(): Promise<{ id: string }> {
  const { rest } = installation;
  const vm = expectStatus(
    await rest.post('/vms', { name: 'source', cluster: { name: 'Default' }, template: { name: 'Blank' }, memory: 64 * 1024 ** 2 }),
    201,
  );
  for (const bootable of [true, false]) {
    const disk = {
      name: `source-${bootable}`,
      provisioned_size: gib,
      format: 'cow',
      sparse: true,
      storage_domains: { storage_domain: [{ name: 'data' }] },
    };
    expectStatus(await rest.post(`/vms/${vm.id}/diskattachments`, { interface: 'virtio_scsi', bootable, active: true, disk }, whole), 201);
  }
  const made = expectStatus(await rest.post('/templates', { name: 'two-disks', vm: { id: vm.id } }, whole), 201);
  expectStatus(await rest.delete(`/vms/${vm.id}`), 200);
  return { id: made.id as string };
}

async function addVm(name: string, headers = {}): Promise<string> {
  const vm = expectStatus(
    await installation.rest.post('/vms', { name, cluster: { name: 'Default' }, template: { id: template.id } }, headers),
    201,
    202,
  );
  return vm.id as string;
}

/** Begins the job, and returns when it has stopped at the point. @returns the VM's id and the saga's */
async function runInto(one: Case, name: string): Promise<{ vmId: string; sagaId: string }> {
  const reached = new Promise<ProbePoint>((resolve) => {
    stoppedAt = resolve;
  });
  const arm = (): Promise<unknown> => installation.engine.ask({ kind: 'stop-at', point: one.point });
  let vmId = '';
  if (one.job.startsWith('create')) {
    // The first disk is made, the second finds the storage full.
    if (one.job !== 'create')
      await installation.plan({ verb: 'Volume.create', skip: 1, action: { kind: 'error', code: noSpaceLeft, message: 'No space left' } });
    await arm();
    vmId = await addVm(name);
  } else {
    vmId = await addVm(name, whole);
    if (one.job !== 'start')
      await installation.plan({
        verb: 'VM.create',
        times: 4,
        containing: vmId,
        action: { kind: 'error', code: createError, message: 'Failed to create VM' },
      });
    await arm();
    void installation.rest.post(`/vms/${vmId}/start`, { async: true }).catch(() => undefined);
  }
  const waiting = new AbortController();
  const late = delay(settleTimeoutMs, null, { signal: waiting.signal }).catch(() => null);
  const point = await Promise.race([reached, late]);
  // A timer that nobody waits for any more would keep this process alive.
  waiting.abort();
  if (point === null) throw new Error(`No job came to ${JSON.stringify(one.point)}`);
  return { vmId, sagaId: point.sagaId };
}

async function killAndRestart(victim: Victim): Promise<void> {
  switch (victim) {
    case 'engine':
      await installation.engine.kill();
      await installation.startEngine();
      return;
    case 'agent':
      await installation.killHosts();
      await installation.engine.ask({ kind: 'go-on' });
      await delay(downMs);
      await installation.startHosts();
      return;
    case 'PostgreSQL':
      await installation.killPostgres();
      await installation.engine.ask({ kind: 'go-on' });
      await delay(downMs);
      await installation.startPostgres();
  }
}

const rowsOf = (text: string, values: unknown[] = []): Promise<Json[]> => installation.rows(text, values);

/** Waits until the job has ended, then holds everything against what must be true. @returns the outcome in a word */
async function judge(vmId: string, sagaId: string): Promise<string> {
  const saga = await eventually(
    'the job ends',
    async () => {
      const [row] = await rowsOf('select status from saga where id = $1', [sagaId]).catch(() => []);
      return row !== undefined && ['succeeded', 'failed', 'aborted'].includes(row.status) ? row : undefined;
    },
    settleTimeoutMs,
  );
  await installation.hostsUp(settleTimeoutMs);
  assert.deepEqual(
    await rowsOf('select l.* from object_lock l left join saga s on s.id = l.saga_id where s.id is null or s.status in ($1, $2, $3)', [
      'succeeded',
      'failed',
      'aborted',
    ]),
    [],
    'no lock without a live job',
  );
  await eventually(
    'the VM is not locked',
    async () => (await rowsOf('select lock_group from object_lock where object_id = $1', [vmId])).length === 0,
    settleTimeoutMs,
  );
  assert.deepEqual(await rowsOf(`select name, status from disk where status <> 'ok'`), [], 'no disk is locked or illegal');
  const vm = await eventually('engine and hosts agree', () => agreement(vmId), settleTimeoutMs);
  const { volumes, launches } = await installation.look();
  const images = await rowsOf('select id from image order by id');
  assert.deepEqual(
    volumes.map((volume) => volume.volumeId).sort(),
    images.map((image) => image.id as string),
    'storage has the volumes of the disks and no others',
  );
  assert.equal((launches[vmId] ?? 0) <= 1, true, `QEMU was started ${launches[vmId]} times`);
  if (vm === 'gone') return `${saga.status}: wholly gone`;
  const disks = await rowsOf('select 1 from disk_attachment where vm_id = $1', [vmId]);
  assert.equal(disks.length, 2, 'a VM that is there has all its disks');
  return `${saga.status}: wholly there, ${vm}`;
}

/** What engine and hosts say of the VM; undefined while they differ. */
async function agreement(vmId: string): Promise<string | undefined> {
  const answer = await installation.rest.get(`/vms/${vmId}`);
  const { vms } = await installation.look();
  const running = vms.filter((vm) => vm.vmId === vmId && vm.running).length;
  assert.equal(running <= 1, true, 'no second QEMU runs');
  const known = vms.some((vm) => vm.vmId === vmId);
  if (answer.status === 404) return known ? undefined : 'gone';
  if (answer.body.status === 'down') return known ? undefined : 'down';
  return answer.body.status === 'up' && running === 1 ? 'up' : undefined;
}

async function cleanUp(vmId: string): Promise<void> {
  const { rest } = installation;
  const { status, body } = await rest.get(`/vms/${vmId}`);
  if (status === 404) return;
  if (body.status !== 'down') expectStatus(await rest.post(`/vms/${vmId}/stop`, {}), 200);
  expectStatus(await rest.delete(`/vms/${vmId}`), 200);
}

test('the matrix names every step of the sagas', async () => {
  const vmId = await addVm('steps', whole);
  expectStatus(await installation.rest.post(`/vms/${vmId}/start`, {}), 200);
  const rows = await rowsOf(
    `select s.name as saga, t.name as step from saga s join saga_step t on t.saga_id = s.id where s.name in ('AddVm', 'RunVm') and s.params->>'vmId' = $1 order by s.created_at, t.ordinal`,
    [vmId],
  );
  assert.deepEqual(
    rows.filter((row) => row.saga === 'AddVm').map((row) => row.step as string),
    stepsOf.create,
  );
  assert.deepEqual(
    rows.filter((row) => row.saga === 'RunVm').map((row) => row.step as string),
    stepsOf.start,
  );
  await installation.vmStatus(vmId, 'up');
  await cleanUp(vmId);
});

interface Stopped extends Case {
  readonly vmId: string;
  readonly sagaId: string;
}

const rowOf = ({ job, point }: Case): string =>
  `${job.padEnd(22)}${`${point.step}${point.going === 'undo' ? ' (undo)' : ''}`.padEnd(19)}${momentNames[point.at] ?? point.at}`;

const note = (one: Case, outcome: string): unknown => outcomes.set(rowOf(one), { ...outcomes.get(rowOf(one)), [one.victim]: outcome });

/** The matrix to read: a row for each moment of each step, a column for each process that was killed there. */
function matrix(): string[] {
  const firstWidth = 54;
  const width = 30;
  const cells = (row: Partial<Record<Victim, string>>): string => victims.map((victim) => (row[victim] ?? '').padEnd(width)).join('');
  const head = `${'job'.padEnd(22)}${'step'.padEnd(19)}moment`.padEnd(firstWidth);
  return [
    `${head}${victims.map((victim) => `${victim} killed`.padEnd(width)).join('')}`,
    ...[...outcomes].map(([row, cell]) => `${row.padEnd(firstWidth)}${cells(cell)}`),
  ].map((line) => line.trimEnd());
}

const nameOf = ({ job, point, victim }: Case): string =>
  `${job}: ${victim} killed ${momentNames[point.at] ?? point.at} ${point.step}${point.going === 'undo' ? ' (undo)' : ''}`;

/** Judges a case that has stopped and whose victim was killed and is back; a failure is noted too. */
async function finish(one: Stopped): Promise<void> {
  try {
    const outcome = await judge(one.vmId, one.sagaId);
    await cleanUp(one.vmId);
    note(one, outcome);
  } catch (error) {
    note(one, 'FAILED');
    process.stdout.write(`The engine's log ends:\n${(await installation.engineLog()).slice(-logTailCharacters)}\n`);
    throw error;
  }
}

const cases = plan();

for (const [index, one] of cases.entries()) {
  if (one.victim === 'PostgreSQL') continue;
  test(nameOf(one), async () => {
    const stopped = await runInto(one, `vm-${index}`);
    await killAndRestart(one.victim);
    await finish({ ...one, ...stopped });
  });
}

// An engine that lives on takes up a job again when the lease that it could not give back has run out, ten seconds later:
// therefore PostgreSQL is killed once, with a job stopped at each of the points.
test('PostgreSQL killed with a job at every point', async (t) => {
  const stopped: Stopped[] = [];
  for (const [index, one] of cases.entries())
    if (one.victim === 'PostgreSQL') stopped.push({ ...one, ...(await runInto(one, `vm-${index}`)) });
  await killAndRestart('PostgreSQL');
  for (const one of stopped) {
    await eventually(
      'the job ends',
      async () =>
        (await rowsOf(`select 1 from saga where id = $1 and status in ('succeeded', 'failed', 'aborted')`, [one.sagaId]).catch(() => []))
          .length > 0,
      settleTimeoutMs,
    );
  }
  for (const one of stopped) await t.test(nameOf(one), () => finish(one));
});

test('every case ended, and the table of them is shown', (t) => {
  for (const line of matrix()) t.diagnostic(line);
  assert.deepEqual(cases.filter((one) => outcomes.get(rowOf(one))?.[one.victim] === undefined).map(nameOf), []);
});
