import { eventually, defaultClusterId, expectStatus } from '../engine/installation.ts';
import { whole, type Json } from '../engine/rest-client.ts';
import type { Subject } from './subject.ts';
import type { World } from './world.ts';

/** A job that a user asks for, and how a run of it is made ready. */
export interface Operation {
  readonly name: string;
  /** The group that the table lists it in. */
  readonly group: 'migrate' | 'snapshot' | 'merge' | 'copy' | 'transfer' | 'archive' | 'backup' | 'run';
  /** A VM runs: libvirtd and QEMU take part. */
  readonly runs: boolean;
  /** Refused unless the guest is up: not for worlds whose guests boot slowly. */
  readonly needsGuest?: boolean;
  /** A second host takes part. */
  readonly moves?: boolean;
  /** Its user may call it off. */
  readonly callable?: boolean;
  /** Only the steps of this job count; default: of all that are seen. */
  readonly saga?: string;
  prepare(world: World, name: string): Promise<Subject>;
  /** Asks for the job; what comes of it the caller finds out. */
  begin(world: World, subject: Subject): Promise<unknown>;
  /** Goes on as a client does that had asked for it. */
  conclude?(world: World, subject: Subject): Promise<void>;
  /** What the disk has to read when the job succeeded; default: as before. */
  readonly contentAfter?: string;
}

const mib = 1024 ** 2;
const upTimeoutMs = 60_000;
const phaseTimeoutMs = 60_000;

const onData = { storage_domains: { storage_domain: [{ name: 'data' }] } };

async function addDisk(world: World, vmId: string, name: string): Promise<string> {
  const disk = { name, provisioned_size: world.diskBytes, format: 'cow', sparse: true, ...onData };
  const attachment = { interface: 'virtio', bootable: true, active: true, disk };
  return expectStatus(await world.installation.rest.post(`/vms/${vmId}/diskattachments`, attachment, whole), 201).id as string;
}

async function takeSnapshot(world: World, vmId: string): Promise<string> {
  const body = { description: 'first', persist_memorystate: false };
  return expectStatus(await world.installation.rest.post(`/vms/${vmId}/snapshots`, body, whole), 201).id as string;
}

/** What a VM has to have come to before a job on it may begin. */
type Progress = 'starts' | 'is up';

/** Starts a VM, and waits until its QEMU runs. */
async function startVm(world: World, vmId: string, progress: Progress): Promise<void> {
  const { rest } = world.installation;
  const pause = progress === 'is up' && world.bootsSlowly;
  const wanted = progress === 'is up' ? ['up', 'paused'] : ['up', 'powering_up'];
  expectStatus(await rest.post(`/vms/${vmId}/start`, { pause }), 200);
  await eventually('the VM runs', async () => wanted.includes((await rest.get(`/vms/${vmId}`)).body.status), upTimeoutMs);
}

/** A stopped VM with one disk; with a snapshot, after which something else was written. */
async function stopped(world: World, name: string, hasSnapshot: boolean): Promise<Subject> {
  const { rest } = world.installation;
  const body = { name, cluster: { id: defaultClusterId }, template: { name: 'Blank' }, memory: 64 * mib, ...world.vmAttributes };
  const vmId = expectStatus(await rest.post('/vms', body), 201).id as string;
  const diskId = await addDisk(world, vmId, `${name}-disk`);
  await world.write(diskId, 'A');
  if (!hasSnapshot) return { name, vmId, diskId, content: 'A' };
  const snapshotId = await takeSnapshot(world, vmId);
  await world.write(diskId, 'B');
  return { name, vmId, diskId, content: 'AB', snapshotId };
}

const plain = (world: World, name: string): Promise<Subject> => stopped(world, name, false);
const snapped = (world: World, name: string): Promise<Subject> => stopped(world, name, true);

const running =
  (prepare: Operation['prepare'], progress: Progress = 'starts'): Operation['prepare'] =>
  async (world, name) => {
    const subject = await prepare(world, name);
    await startVm(world, subject.vmId, progress);
    return subject;
  };

const preview = (subject: Subject) => ({ snapshot: { id: subject.snapshotId } });

async function previewed(world: World, name: string): Promise<Subject> {
  const subject = await snapped(world, name);
  expectStatus(await world.installation.rest.post(`/vms/${subject.vmId}/previewsnapshot`, preview(subject)), 200);
  return { ...subject, content: 'A' };
}

/** A disk of its own, without a VM. */
async function lone(world: World, name: string): Promise<Subject> {
  const disk = { name: `${name}-disk`, provisioned_size: world.diskBytes, format: 'cow', sparse: true, ...onData };
  const diskId = expectStatus(await world.installation.rest.post('/disks', disk, whole), 201).id as string;
  await world.write(diskId, 'A');
  return { name, vmId: '', diskId, content: 'A' };
}

/** Nothing yet: what is made is found by its name. */
const nothing = async (_world: World, name: string): Promise<Subject> => ({ name, vmId: '', diskId: '', content: 'A' });

const onVm = (verb: string, body: (subject: Subject) => object = () => ({})): Operation['begin'] => {
  return ({ installation }, subject) => installation.rest.post(`/vms/${subject.vmId}/${verb}`, { async: true, ...body(subject) });
};

const snapshotOf = (persistMemory: boolean): Operation['begin'] => {
  return ({ installation }, { vmId }) =>
    installation.rest.post(`/vms/${vmId}/snapshots`, { description: 'taken', persist_memorystate: persistMemory });
};

const removeSnapshot: Operation['begin'] = ({ installation }, { vmId, snapshotId }) =>
  installation.rest.delete(`/vms/${vmId}/snapshots/${snapshotId}?async=true`);

const move: Operation['begin'] = ({ installation }, { diskId }) =>
  installation.rest.post(`/disks/${diskId}/move`, { storage_domain: { name: 'other' }, async: true });

const copyNamed = (name: string) => ({ storage_domain: { name: 'other' }, disk: { name }, async: true });

/** Sends a VM to the other host. */
export async function migrate({ installation }: World, { vmId }: Subject): Promise<unknown> {
  const { body } = await installation.rest.get(`/vms/${vmId}`);
  const hosts = (await installation.rest.get('/hosts')).body.host as Json[];
  const other = hosts.find((host) => host.id !== body.host?.id);
  return installation.rest.post(`/vms/${vmId}/migrate`, { host: { id: other?.id }, async: true });
}

const vmOf = (name: string, world: World) => ({
  name,
  cluster: { id: defaultClusterId },
  template: { id: world.templateId },
  memory: 64 * mib,
  ...world.vmAttributes,
});

const phaseOf = (world: World, path: string): Promise<string> =>
  world.installation.rest.get(path).then(({ status, body }) => (status === 404 ? 'gone' : String(body.phase)));

const inPhase = (world: World, path: string, phases: readonly string[]): Promise<string> =>
  eventually(
    `${path} is ${phases.join(' or ')}`,
    async () => {
      const phase = await phaseOf(world, path).catch(() => '');
      return phases.includes(phase) ? phase : undefined;
    },
    phaseTimeoutMs,
  );

const transferEnds = ['finished_success', 'finished_failure', 'finished_cleanup', 'gone'];
const backupEnds = ['succeeded', 'failed', 'gone'];

const openTransfer =
  (direction: 'upload' | 'download'): Operation['begin'] =>
  async ({ installation }, subject) => {
    const body = { disk: { id: subject.diskId }, direction, format: direction === 'upload' ? 'raw' : 'cow' };
    const answer = await installation.rest.post('/imagetransfers', body);
    if (answer.body.id !== undefined) subject.clientsId = answer.body.id as string;
    return answer;
  };

/** The transfer of the subject's disk, also of a client that never heard the answer. */
async function transferOf({ installation }: World, subject: Subject): Promise<string | undefined> {
  const [row] = await installation.rows('select id from image_transfer where disk_id = $1 order by created_at desc limit 1', [
    subject.diskId,
  ]);
  return row?.id as string | undefined;
}

/** A client that goes on with its transfer to the end, whatever happened to it. */
const finishTransfer =
  (order: 'finalize' | 'cancel'): NonNullable<Operation['conclude']> =>
  async (world, subject) => {
    const id = await transferOf(world, subject);
    if (id === undefined) return;
    const { rest } = world.installation;
    const path = `/imagetransfers/${id}`;
    const deadline = performance.now() + phaseTimeoutMs;
    for (;;) {
      const phase = await inPhase(world, path, ['transferring', 'paused_system', 'paused_user', ...transferEnds]);
      if (transferEnds.includes(phase)) return;
      if (performance.now() > deadline) throw new Error(`the transfer of ${subject.name} does not end: ${phase}`);
      const next = order === 'finalize' && phase.startsWith('paused') ? 'resume' : order;
      if (next === 'finalize') {
        const { body } = await rest.get(path);
        const isSent =
          body.direction !== 'upload' ||
          (await world.upload(body.transfer_url as string).then(
            () => true,
            () => false,
          ));
        if (!isSent) continue;
      }
      await rest.post(`${path}/${next}`, {}).catch(() => undefined);
      await inPhase(world, path, [...transferEnds, ...(next === 'resume' ? ['transferring'] : [])]).catch(() => undefined);
    }
  };

/** A disk that something is to be uploaded to. */
async function empty(world: World, name: string): Promise<Subject> {
  const disk = { name: `${name}-disk`, provisioned_size: world.diskBytes, format: 'raw', sparse: true, ...onData };
  const diskId = expectStatus(await world.installation.rest.post('/disks', disk, whole), 201).id as string;
  return { name, vmId: '', diskId, content: 'A' };
}

/** An upload whose content has been sent. */
async function uploaded(world: World, name: string): Promise<Subject> {
  const { rest } = world.installation;
  const subject = await empty(world, name);
  await openTransfer('upload')(world, subject);
  await inPhase(world, `/imagetransfers/${subject.clientsId}`, ['transferring']);
  const { body } = await rest.get(`/imagetransfers/${subject.clientsId}`);
  await world.upload(body.transfer_url as string);
  return subject;
}

async function downloading(world: World, name: string): Promise<Subject> {
  const subject = await lone(world, name);
  await openTransfer('download')(world, subject);
  await inPhase(world, `/imagetransfers/${subject.clientsId}`, ['transferring']);
  return subject;
}

const endTransferNow =
  (order: 'finalize' | 'cancel'): Operation['begin'] =>
  ({ installation }, { clientsId }) =>
    installation.rest.post(`/imagetransfers/${clientsId}/${order}`, {});

const beginBackup: Operation['begin'] = async ({ installation }, subject) => {
  const answer = await installation.rest.post(`/vms/${subject.vmId}/backups`, { disks: { disk: [{ id: subject.diskId }] } });
  if (answer.body.id !== undefined) subject.clientsId = answer.body.id as string;
  return answer;
};

const finishBackup: NonNullable<Operation['conclude']> = async (world, subject) => {
  const { installation } = world;
  const [row] = await installation.rows('select id from vm_backup where vm_id = $1 order by created_at desc limit 1', [subject.vmId]);
  if (row === undefined) return;
  const path = `/vms/${subject.vmId}/backups/${row.id}`;
  const phase = await inPhase(world, path, ['ready', ...backupEnds]);
  if (phase === 'ready') await installation.rest.post(`${path}/finalize`, {});
  await inPhase(world, path, backupEnds);
};

async function backedUp(world: World, name: string): Promise<Subject> {
  const subject = await running(plain, 'is up')(world, name);
  await beginBackup(world, subject);
  await inPhase(world, `/vms/${subject.vmId}/backups/${subject.clientsId}`, ['ready']);
  return subject;
}

const exportTo: Operation['begin'] = async ({ installation }, subject) => {
  const [host] = (await installation.rest.get('/hosts')).body.host as Json[];
  const target = { host: { id: host?.id }, directory: installation.folder, filename: `${subject.name}.ova` };
  return installation.rest.post(`/vms/${subject.vmId}/export`, { ...target, async: true });
};

/** All operations whose steps are tried. A step that is added to one of their jobs is tried by itself. */
export const operations: readonly Operation[] = [
  { name: 'start', group: 'run', runs: true, prepare: plain, begin: onVm('start') },
  { name: 'migrate', group: 'migrate', runs: true, moves: true, prepare: running(plain), begin: migrate },
  {
    name: 'cancel migration',
    group: 'migrate',
    runs: true,
    moves: true,
    saga: 'CancelMigrateVm',
    prepare: running(plain),
    async begin(world, subject) {
      await migrate(world, subject);
      await eventually(
        'it migrates',
        async () => (await world.installation.rest.get(`/vms/${subject.vmId}`)).body.status === 'migrating',
        upTimeoutMs,
      );
      return onVm('cancelmigration')(world, subject);
    },
  },
  { name: 'snapshot, running', group: 'snapshot', runs: true, prepare: running(plain, 'is up'), begin: snapshotOf(false) },
  { name: 'snapshot with memory', group: 'snapshot', runs: true, prepare: running(plain, 'is up'), begin: snapshotOf(true) },
  { name: 'snapshot, stopped', group: 'snapshot', runs: false, prepare: plain, begin: snapshotOf(false) },
  { name: 'preview', group: 'snapshot', runs: false, prepare: snapped, begin: onVm('previewsnapshot', preview), contentAfter: 'A' },
  { name: 'commit', group: 'snapshot', runs: false, prepare: previewed, begin: onVm('commitsnapshot'), contentAfter: 'A' },
  { name: 'undo preview', group: 'snapshot', runs: false, prepare: previewed, begin: onVm('undosnapshot'), contentAfter: 'AB' },
  { name: 'merge, running', group: 'merge', runs: true, prepare: running(snapped, 'is up'), begin: removeSnapshot },
  { name: 'merge, stopped', group: 'merge', runs: false, prepare: snapped, begin: removeSnapshot },
  { name: 'move, running', group: 'copy', runs: true, callable: true, prepare: running(plain, 'is up'), begin: move },
  { name: 'move, stopped', group: 'copy', runs: false, callable: true, prepare: snapped, begin: move },
  {
    name: 'copy',
    group: 'copy',
    runs: false,
    callable: true,
    prepare: lone,
    begin: ({ installation }, { name, diskId }) => installation.rest.post(`/disks/${diskId}/copy`, copyNamed(`${name}-copy`)),
  },
  {
    name: 'copy, running',
    group: 'copy',
    runs: true,
    callable: true,
    prepare: running(plain, 'is up'),
    begin: ({ installation }, { name, diskId }) => installation.rest.post(`/disks/${diskId}/copy`, copyNamed(`${name}-copy`)),
  },
  {
    name: 'template',
    group: 'copy',
    runs: false,
    callable: true,
    prepare: snapped,
    begin: ({ installation }, { name, vmId }) => installation.rest.post('/templates', { name: `${name}-template`, vm: { id: vmId } }),
  },
  {
    name: 'clone',
    group: 'copy',
    runs: false,
    callable: true,
    prepare: snapped,
    begin: ({ installation }, { name, vmId }) =>
      installation.rest.post(`/vms/${vmId}/clone`, { vm: { name: `${name}-clone` }, async: true }),
  },
  {
    name: 'create',
    group: 'copy',
    runs: false,
    callable: true,
    prepare: nothing,
    begin: (world, { name }) => world.installation.rest.post('/vms', vmOf(`${name}-vm`, world)),
  },
  {
    name: 'create, copied',
    group: 'copy',
    runs: false,
    callable: true,
    prepare: nothing,
    begin: (world, { name }) => world.installation.rest.post('/vms?clone=true', vmOf(`${name}-vm`, world)),
  },
  { name: 'upload', group: 'transfer', runs: false, prepare: empty, begin: openTransfer('upload'), conclude: finishTransfer('finalize') },
  {
    name: 'upload, finalize',
    group: 'transfer',
    runs: false,
    prepare: uploaded,
    begin: endTransferNow('finalize'),
    conclude: finishTransfer('finalize'),
  },
  {
    name: 'upload, cancel',
    group: 'transfer',
    runs: false,
    prepare: uploaded,
    begin: endTransferNow('cancel'),
    conclude: finishTransfer('cancel'),
  },
  {
    name: 'download',
    group: 'transfer',
    runs: false,
    prepare: lone,
    begin: openTransfer('download'),
    conclude: finishTransfer('finalize'),
  },
  {
    name: 'download, finalize',
    group: 'transfer',
    runs: false,
    prepare: downloading,
    begin: endTransferNow('finalize'),
    conclude: finishTransfer('finalize'),
  },
  { name: 'export', group: 'archive', runs: false, callable: true, prepare: plain, begin: exportTo },
  {
    name: 'backup',
    group: 'backup',
    runs: true,
    needsGuest: true,
    prepare: running(plain, 'is up'),
    begin: beginBackup,
    conclude: finishBackup,
  },
  {
    name: 'backup, finalize',
    group: 'backup',
    runs: true,
    needsGuest: true,
    prepare: backedUp,
    begin: ({ installation }, { vmId, clientsId }) => installation.rest.post(`/vms/${vmId}/backups/${clientsId}/finalize`, {}),
    conclude: finishBackup,
  },
];
