import type { Loaders } from '../rest/follow.ts';
import { byIds, list, one } from '../rest/listing.ts';
import { collection, entity, type Services } from '../rest/operation.ts';
import { addVm } from './add.ts';
import { vmTicket } from '../consoles/graphics.ts';
import { powerActions, powerOperation } from './power.ts';
import { readableVms } from './read.ts';
import { removeVm } from './remove.ts';
import { startVm } from './start.ts';
import { suspendVm } from './suspend.ts';
import { updateVm } from './update.ts';
import { vmSnapshotActions } from '../snapshots/resource.ts';

export const vmServices: Services = {
  VmsService: { list: { permit: null, run: async (context) => collection('Vm', await list(context, readableVms)) }, add: addVm },
  VmService: {
    get: { permit: null, run: async (context) => entity('Vm', await one(context, readableVms, context.path['vm'])) },
    update: updateVm,
    remove: removeVm,
    start: startVm,
    stop: powerOperation(powerActions.stop),
    shutdown: powerOperation(powerActions.shutdown),
    reboot: powerOperation(powerActions.reboot),
    reset: powerOperation(powerActions.reset),
    suspend: suspendVm,
    ticket: vmTicket,
    ...vmSnapshotActions,
  },
};

export const vmLoaders: Partial<Loaders> = { entities: { Vm: (context, ids) => byIds(context, readableVms, ids) } };
