import type { Subject } from './subject.ts';
import type { World } from './world.ts';

const running = new Set(['up', 'powering_up', 'paused']);

/** A failed upload says so: its disk stays illegal until it is removed or written anew. */
const failedUpload = `exists (select 1 from image_transfer t where t.disk_id = d.id and t.direction = 'upload' and t.phase = 'finished_failure')`;

/** What the database says is in between: locked, or not well. */
async function databaseFlaws({ installation }: World): Promise<string[]> {
  const flaws: string[] = [];
  const look = async (what: string, text: string): Promise<void> => {
    for (const row of await installation.rows(text)) flaws.push(`${what}: ${JSON.stringify(row)}`);
  };
  await look(
    'locked',
    `select l.lock_group, l.object_id, v.name as vm, d.name as disk from object_lock l left join vm v on v.id::text = l.object_id::text left join disk d on d.id::text = l.object_id::text`,
  );
  await look(
    'a disk is not well',
    `select d.name, d.status from disk d where d.status <> 'ok' and not (d.status = 'illegal' and ${failedUpload})`,
  );
  await look(
    'an image is not well',
    `select d.name, i.id, i.status from image i join disk d on d.id = i.disk_id where i.status <> 'ok' and not (i.status = 'illegal' and ${failedUpload})`,
  );
  await look(
    'a snapshot is not well',
    `select v.name, s.description, s.status from snapshot s join vm v on v.id = s.vm_id where s.status = 'locked'`,
  );
  await look('a template is not well', `select name, template_status from vm where entity_type = 'template' and template_status <> 'ok'`);
  return flaws;
}

/** Volumes of storage that no row knows, rows without a volume, and chains that differ. */
async function storageFlaws(world: World): Promise<string[]> {
  const { installation } = world;
  const images = await installation.rows(
    `select i.id, i.parent_id, d.name, ${failedUpload} as failed from image i join disk d on d.id = i.disk_id
     union all select dump_volume_id, null, 'memory', false from snapshot_memory union all select configuration_volume_id, null, 'memory', false from snapshot_memory`,
  );
  const volumes = await world.volumes();
  const known = new Map(images.map((image) => [image.id as string, image]));
  const flaws: string[] = [];
  for (const volume of volumes) {
    const image = known.get(volume.volumeId);
    if (image === undefined) flaws.push(`volume ${volume.volumeId} on storage is of no disk`);
    else if ((image.parent_id ?? null) !== volume.parentId)
      flaws.push(`volume ${volume.volumeId} of ${image.name} stands on ${volume.parentId}; the database says ${image.parent_id}`);
    if (volume.flaw !== '' && image?.failed !== true) flaws.push(`volume ${volume.volumeId} of ${image?.name}: ${volume.flaw}`);
  }
  const there = new Set(volumes.map((volume) => volume.volumeId));
  for (const image of images) if (!there.has(image.id as string)) flaws.push(`volume ${image.id} of ${image.name} is not on storage`);
  return flaws;
}

/** VMs that run where the database does not say so, twice, or on other volumes. */
async function machineFlaws(world: World): Promise<string[]> {
  const { installation } = world;
  const flaws: string[] = [];
  const machines = await world.machines();
  const rows = await installation.rows(
    `select v.id, v.name, s.status, s.host_id from vm v join vm_state s on s.vm_id = v.id where v.entity_type = 'vm'`,
  );
  const images = await installation.rows(
    `select i.id, i.parent_id, i.disk_id, a.vm_id from image i join disk_attachment a on a.disk_id = i.disk_id where i.active`,
  );
  const all = new Map(
    (await installation.rows('select id, parent_id from image')).map((row) => [row.id as string, row.parent_id as string | null]),
  );
  const chainOf = (id: string | null): string[] => (id === null ? [] : [id, ...chainOf(all.get(id) ?? null)]);
  for (const vm of rows) {
    const mine = machines.filter((machine) => machine.vmId === vm.id);
    const emulators = await world.emulators(vm.id as string);
    const [machine] = mine;
    const isRunning = running.has(vm.status as string);
    if (!isRunning && vm.status !== 'down') flaws.push(`VM ${vm.name} is ${vm.status}`);
    if (emulators !== (isRunning ? 1 : 0) || mine.length !== emulators)
      flaws.push(`VM ${vm.name} is ${vm.status}: ${emulators} QEMUs run, ${mine.length} domains are known`);
    if (machine === undefined || !isRunning) continue;
    if (machine.hostId !== vm.host_id) flaws.push(`VM ${vm.name} runs on ${machine.hostId}; the database says ${vm.host_id}`);
    if (machine.isBusy) flaws.push(`VM ${vm.name} has a job on its disk`);
    const wanted = images.filter((image) => image.vm_id === vm.id).map((image) => chainOf(image.id as string).join(' on '));
    const found = machine.chains.map((chain) => chain.join(' on '));
    if (wanted.toSorted().join() !== found.toSorted().join())
      flaws.push(`VM ${vm.name} writes to ${found.join('; ')}; the database says ${wanted.join('; ')}`);
  }
  for (const { vmId, hostId } of machines)
    if (!rows.some((vm) => vm.id === vmId)) flaws.push(`a domain ${vmId} that the database does not know is on host ${hostId}`);
  return flaws;
}

/** All that is not as it has to be when nothing is under way: database, storage and hypervisors have to say the same. */
export async function openFlaws(world: World): Promise<string[]> {
  return [...(await databaseFlaws(world)), ...(await storageFlaws(world)), ...(await machineFlaws(world))];
}

/** Disks of a run, and copies of them, that read otherwise than they have to. */
export async function contentFlaws(world: World, subject: Subject, content: string): Promise<string[]> {
  const flaws: string[] = [];
  const disks = await world.installation.rows(`select id, name from disk where name like $1 and status = 'ok'`, [`${subject.name}-%`]);
  if (subject.diskId !== '' && !disks.some((disk) => disk.id === subject.diskId)) {
    const isKept = (await world.installation.rows('select 1 from image_transfer where disk_id = $1', [subject.diskId])).length > 0;
    if (!isKept) flaws.push(`disk ${subject.diskId} of ${subject.name} is lost`);
  }
  for (const disk of disks) {
    const found = await world.read(disk.id as string).catch((error: unknown) => String(error));
    if (found !== undefined && found !== content) flaws.push(`disk ${disk.name} reads ${found} instead of ${content}`);
  }
  return flaws;
}
