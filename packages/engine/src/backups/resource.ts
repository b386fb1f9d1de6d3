import type { EngineSaga } from '../jobs/jobs.ts';
import type { SagaServices } from '../jobs/saga-services.ts';
import { notFound } from '../rest/fault.ts';
import type { Loaders } from '../rest/follow.ts';
import { one } from '../rest/listing.ts';
import { collection, entity, type Context, type Entity, type Operation, type Services } from '../rest/operation.ts';
import { readableVms } from '../vms/read.ts';
import { finalizeBackup, finalizeBackupSaga } from './finalize.ts';
import { backupOfPath, backupsByIds, backupsOf, checkpointOfPath, checkpointsOf, disksOfBackups, disksOfCheckpoints } from './read.ts';
import { removeCheckpoint, removeCheckpointSaga } from './remove-checkpoint.ts';
import { startBackup } from './start.ts';
import { startBackupSaga } from './start-saga.ts';

type Children = (context: Context, ids: readonly string[]) => Promise<Map<string, Entity[]>>;

const listOf = (type: string, load: Children): Operation => ({
  permit: null,
  async run(context) {
    const { id = '' } = await one(context, readableVms, context.path['vm']);
    return collection(type, (await load(context, [id])).get(id) ?? []);
  },
});

const readOne = (type: string, read: (context: Context) => Promise<Entity>): Operation => ({
  permit: null,
  run: async (context) => entity(type, await read(context)),
});

const disksOf = (owner: (context: Context) => Promise<Entity>, load: Children): { list: Operation; get: Operation } => {
  const read = async (context: Context): Promise<Entity[]> => {
    const { id = '' } = await owner(context);
    return (await load(context, [id])).get(id) ?? [];
  };
  return {
    list: { permit: null, run: async (context) => collection('Disk', await read(context)) },
    get: {
      permit: null,
      async run(context) {
        const found = (await read(context)).find((disk) => disk.id === context.path['disk']);
        if (!found) throw notFound();
        return entity('Disk', found);
      },
    },
  };
};

const backupDisks = disksOf(backupOfPath, disksOfBackups);
const checkpointDisks = disksOf(checkpointOfPath, disksOfCheckpoints);

/** Backups of VMs and their checkpoints. */
export const backupServices: Services = {
  VmBackupsService: { list: listOf('Backup', backupsOf), add: startBackup },
  VmBackupService: { get: readOne('Backup', backupOfPath), finalize: finalizeBackup },
  VmBackupDisksService: { list: backupDisks.list },
  VmBackupDiskService: { get: backupDisks.get },
  VmCheckpointsService: { list: listOf('Checkpoint', checkpointsOf) },
  VmCheckpointService: { get: readOne('Checkpoint', checkpointOfPath), remove: removeCheckpoint },
  VmCheckpointDisksService: { list: checkpointDisks.list },
  VmCheckpointDiskService: { get: checkpointDisks.get },
};

export const backupLoaders: Partial<Loaders> = {
  entities: { Backup: backupsByIds },
  children: { 'Backup.disks': disksOfBackups, 'Checkpoint.disks': disksOfCheckpoints },
};

/** All jobs of backups. */
export const backupSagas = (services: SagaServices): EngineSaga[] => [
  startBackupSaga(services),
  finalizeBackupSaga(services),
  removeCheckpointSaga(services),
];
