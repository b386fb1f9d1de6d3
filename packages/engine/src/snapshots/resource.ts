import type { Loaders } from '../rest/follow.ts';
import { notFound } from '../rest/fault.ts';
import { one } from '../rest/listing.ts';
import { collection, entity, type Context, type Entity, type Operation, type Services } from '../rest/operation.ts';
import { readableVms } from '../vms/read.ts';
import { endPreview } from './commit.ts';
import { createSnapshot } from './create.ts';
import { diskSnapshotServices, volumesByIds } from './disk-snapshots.ts';
import { previewSnapshot, restoreSnapshot } from './preview.ts';
import { cdromsOfSnapshots, disksOfSnapshots, nicsOfSnapshots, snapshot, snapshotsByIds, snapshotsOf } from './read.ts';
import { removeSnapshot } from './remove.ts';

type Children = (context: Context, ids: readonly string[]) => Promise<Map<string, Entity[]>>;

const membersOf = async (context: Context, load: Children): Promise<Entity[]> => {
  const { id = '' } = await snapshot(context, context.path['vm'] ?? '', context.path['snapshot'] ?? '');
  return (await load(context, [id])).get(id) ?? [];
};

const listOf = (type: string, load: Children): Operation => ({
  permit: null,
  run: async (context) => collection(type, await membersOf(context, load)),
});

const memberOf = (type: string, parameter: string, load: Children): Operation => ({
  permit: null,
  async run(context) {
    const found = (await membersOf(context, load)).find((member) => member.id === context.path[parameter]);
    if (!found) throw notFound();
    return entity(type, found);
  },
});

export const snapshotServices: Services = {
  ...diskSnapshotServices,
  SnapshotsService: {
    list: {
      permit: null,
      async run(context) {
        const { id = '' } = await one(context, readableVms, context.path['vm']);
        return collection('Snapshot', (await snapshotsOf(context, [id])).get(id) ?? []);
      },
    },
    add: createSnapshot,
  },
  SnapshotService: {
    get: {
      permit: null,
      run: async (context) => entity('Snapshot', await snapshot(context, context.path['vm'] ?? '', context.path['snapshot'] ?? '')),
    },
    remove: removeSnapshot,
    restore: restoreSnapshot,
  },
  SnapshotDisksService: { list: listOf('Disk', disksOfSnapshots) },
  SnapshotDiskService: { get: memberOf('Disk', 'disk', disksOfSnapshots) },
  SnapshotNicsService: { list: listOf('Nic', nicsOfSnapshots) },
  SnapshotNicService: { get: memberOf('Nic', 'nic', nicsOfSnapshots) },
  SnapshotCdromsService: { list: listOf('Cdrom', cdromsOfSnapshots) },
  SnapshotCdromService: { get: memberOf('Cdrom', 'cdrom', cdromsOfSnapshots) },
};

/** The actions of a VM on its snapshots, by the contract's names. */
export const vmSnapshotActions: Record<string, Operation> = {
  preview_snapshot: previewSnapshot,
  commit_snapshot: endPreview('commit'),
  undo_snapshot: endPreview('undo'),
};

export const snapshotLoaders: Partial<Loaders> = {
  entities: { Snapshot: snapshotsByIds, DiskSnapshot: volumesByIds },
  children: {
    'Vm.snapshots': snapshotsOf,
    'Snapshot.disks': disksOfSnapshots,
    'Snapshot.nics': nicsOfSnapshots,
    'Snapshot.cdroms': cdromsOfSnapshots,
  },
};
