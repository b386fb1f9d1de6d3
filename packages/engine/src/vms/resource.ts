import type { Loaders } from '../rest/follow.ts';
import { byIds, listing, one, showing, withEach } from '../rest/listing.ts';
import { entity, type Entity, type Services } from '../rest/operation.ts';
import { addVm } from './add.ts';
import { withAllContent } from './all-content.ts';
import { cloneVm } from './clone.ts';
import { autoPinVm } from './auto-pin.ts';
import { ticketOperation } from '../consoles/ticket.ts';
import { exportVm } from './export.ts';
import { freezeFilesystems, thawFilesystems } from './freeze.ts';
import { logonVm } from './logon.ts';
import { maintainVm } from './maintenance.ts';
import { cancelMigration, migrateVm } from './migrate.ts';
import { powerActions, powerOperation } from './power.ts';
import { readableVms } from './read.ts';
import { reorderMacAddresses } from './reorder-macs.ts';
import { screenshotVm } from './screenshot.ts';
import { removeVm } from './remove.ts';
import { startVm } from './start.ts';
import { suspendVm } from './suspend.ts';
import { updateVm } from './update.ts';
import { detachVm } from '../vm-pools/detach.ts';
import { vmSnapshotActions } from '../snapshots/resource.ts';

export const vmServices: Services = {
  VmsService: {
    list: {
      permit: null,
      run: async (context) => withEach(await listing(context, 'Vm', readableVms), (part) => withAllContent(context, part)),
    },
    add: addVm,
  },
  VmService: {
    get: {
      permit: null,
      run: async (context) =>
        context.parameters.flag('all_content')
          ? entity('Vm', (await withAllContent(context, [await one(context, readableVms, context.path['vm'])]))[0] as Entity)
          : showing(context, 'Vm', readableVms, context.path['vm']),
    },
    update: updateVm,
    remove: removeVm,
    clone: cloneVm,
    export: exportVm,
    start: startVm,
    stop: powerOperation(powerActions.stop),
    shutdown: powerOperation(powerActions.shutdown),
    reboot: powerOperation(powerActions.reboot),
    reset: powerOperation(powerActions.reset),
    suspend: suspendVm,
    detach: detachVm,
    ticket: ticketOperation,
    screenshot: screenshotVm,
    reorder_mac_addresses: reorderMacAddresses,
    freeze_filesystems: freezeFilesystems,
    thaw_filesystems: thawFilesystems,
    logon: logonVm,
    maintenance: maintainVm,
    auto_pin_cpu_and_numa_nodes: autoPinVm,
    migrate: migrateVm,
    cancel_migration: cancelMigration,
    ...vmSnapshotActions,
  },
};

export const vmLoaders: Partial<Loaders> = { entities: { Vm: (context, ids) => byIds(context, readableVms, ids) } };
