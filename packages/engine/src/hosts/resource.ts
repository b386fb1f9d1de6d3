import type { Loaders } from '../rest/follow.ts';
import { byIds, one } from '../rest/listing.ts';
import { entity, type Services } from '../rest/operation.ts';
import { enrollCertificate } from '../certificates/enroll.ts';
import { addHost } from './add.ts';
import { approveHost } from './enrolment.ts';
import { forceSelectSpm } from '../storage-domains/force-select.ts';
import { connectionExtensionLoaders, connectionExtensionServices } from './connection-extensions.ts';
import { fenceAgentLoaders, fenceAgentServices } from './fence-agents.ts';
import { fenceHost } from './fence.ts';
import { hostHookLoaders, hostHookServices } from './hooks.ts';
import { discoverUnregisteredDomains } from './discover-domains.ts';
import { discoverIscsi, iscsiDiscover, iscsiLogin } from './iscsi.ts';
import { installHost } from './install.ts';
import { listHosts } from './migration-targets.ts';
import { readableHosts } from './read.ts';
import { refreshHost } from './refresh.ts';
import { commitNetworks, copyNetworks, setupNetworks, syncAllNetworks } from '../host-networks/operations.ts';
import { removeHost } from './remove.ts';
import { activateHost, deactivateHost } from './status.ts';
import { checkForUpgrade, upgradeHost } from './upgrade.ts';
import { updateHost } from './update.ts';

export const hostServices: Services = {
  HostsService: { list: { permit: null, run: listHosts }, add: addHost },
  HostService: {
    get: { permit: null, run: async (context) => entity('Host', await one(context, readableHosts, context.path['host'])) },
    update: updateHost,
    remove: removeHost,
    approve: approveHost,
    activate: activateHost,
    deactivate: deactivateHost,
    enroll_certificate: enrollCertificate,
    fence: fenceHost,
    install: installHost,
    upgrade: upgradeHost,
    upgrade_check: checkForUpgrade,
    refresh: refreshHost,
    force_select_spm: forceSelectSpm,
    setup_networks: setupNetworks,
    sync_all_networks: syncAllNetworks,
    commit_net_config: commitNetworks,
    copy_host_networks: copyNetworks,
    discover_iscsi: discoverIscsi,
    iscsi_discover: iscsiDiscover,
    iscsi_login: iscsiLogin,
    unregistered_storage_domains_discover: discoverUnregisteredDomains,
  },
  ...connectionExtensionServices,
  ...fenceAgentServices,
  ...hostHookServices,
};

export const hostLoaders: Partial<Loaders> = {
  entities: { Host: (context, ids) => byIds(context, readableHosts, ids) },
  children: { ...connectionExtensionLoaders.children, ...fenceAgentLoaders.children, ...hostHookLoaders.children },
};
