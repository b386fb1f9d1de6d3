import type { PermitName } from '@virgate/contract/generated/permits';
import type { ServiceName } from '@virgate/contract/generated/services';
import type { HostStatus, StorageDomainStatus, TemplateStatus, VmStatus } from '@virgate/contract/generated/types';
import { refusedByStatus } from '@virgate/contract/status-rules';
import { sql, type RawBuilder } from 'kysely';
import type { ObjectType } from '../access/objects.ts';
import { checkHostStatus, type HostAction } from '../hosts/status-rules.ts';
import { furtherPlace } from '../disks/copy.ts';
import { conflict, refused, Fault } from '../rest/fault.ts';
import { exportProblem } from '../vms/export.ts';
import { notRunning, wrongState } from '../vms/lock.ts';
import { isRefused, refusal, type VmAction } from '../vms/status-rules.ts';

/** What decides beside permits whether something can be done with an object now. */
export interface State {
  id: string;
  name: string | null;
  /** As the API spells it; null for kinds without one. */
  status: string | null;
  /** It must not be removed by mistake. */
  protected: boolean;
  /** What holds the object at the moment. */
  job: string | null;
  /** Ids that the paths of the kind's operations have beside the object's own. */
  owner: string | null;
}

/** Why the state forbids an action; null when it doesn't. */
export type Rule = (state: State) => Fault | null;

/** A kind of object that one can ask about. */
export interface Kind {
  /** Whose methods that change something are the actions. */
  service: ServiceName;
  /** Methods of other services that are actions of the object too, by the names that they have here. */
  others?: Readonly<Record<string, readonly [ServiceName, string]>>;
  /** Actions that are no methods of the contract: with the permit that they take. */
  own?: Readonly<Record<string, PermitName>>;
  /** What tells the rows of the kind apart from others in its table. */
  only?: RawBuilder<boolean>;
  status: RawBuilder<string | null>;
  protected?: RawBuilder<boolean>;
  owner?: RawBuilder<string | null>;
  rules?: Readonly<Record<string, Rule>>;
  /** Actions that a job at work on the object does not keep from being done. */
  besideJobs?: ReadonlySet<string>;
}

const noStatus = sql<string | null>`null`;

const vm =
  (action: VmAction): Rule =>
  ({ status }) =>
    isRefused(action, status as VmStatus) ? refusal(action, status as VmStatus) : null;

/** What the contract's table refuses and has no message of its own. */
const vmByTable =
  (action: string, verb: string): Rule =>
  ({ status }) =>
    refusedByStatus('vm', status as VmStatus, action) ? wrongState(verb, status as VmStatus) : null;

const host =
  (action: HostAction): Rule =>
  ({ status }) => {
    try {
      checkHostStatus(action, status as HostStatus);
      return null;
    } catch (error) {
      if (error instanceof Fault) return error;
      throw error;
    }
  };

const template =
  (action: string, verb: string): Rule =>
  ({ status }) =>
    refusedByStatus('template', status as TemplateStatus, action)
      ? conflict('VM_TEMPLATE_IMAGE_IS_LOCKED', { VAR_ACTION: verb, VAR_TYPE: 'Template' })
      : null;

const storageDomain =
  (action: string, verb: string): Rule =>
  ({ status }) =>
    status === null || refusedByStatus('storageDomain', status as StorageDomainStatus, action)
      ? conflict('ACTION_TYPE_FAILED_STORAGE_DOMAIN_STATUS_ILLEGAL2', {
          VAR_ACTION: verb,
          VAR_TYPE: 'Storage Domain',
          status: (status ?? 'unattached').replaceAll('_', ' '),
        })
      : null;

const disk =
  (verb: string, refused: readonly string[]): Rule =>
  ({ status, name }) =>
    status !== null && refused.includes(status)
      ? conflict('ACTION_TYPE_FAILED_DISKS_LOCKED', { VAR_ACTION: verb, VAR_TYPE: 'Virtual Disk', diskAliases: name ?? '' })
      : null;

/** What can be done with images alone. */
const imageOnly = (verb: string): Rule => {
  const ofStatus = disk(verb, ['locked', 'illegal']);
  return (row) =>
    row.status === 'lun'
      ? refused('ACTION_TYPE_FAILED_UNSUPPORTED_DISK_STORAGE_TYPE', { VAR_ACTION: verb, VAR_TYPE: 'Virtual Disk' })
      : ofStatus(row);
};

const consoleProblem = (status: VmStatus): Fault | null =>
  notRunning.has(status) || status === 'unknown' ? wrongState('open the console of', status) : null;

/** Every kind of object that can be asked about, by the type that changes and permissions call it. */
export const kinds: Partial<Record<Exclude<ObjectType, 'system'>, Kind>> = {
  vm: {
    service: 'VmService',
    own: { console: 'connect_to_vm', serial_console: 'connect_to_serial_console' },
    only: sql`t.entity_type = 'vm'`,
    status: sql`(select s.status from vm_state s where s.vm_id = t.id)`,
    protected: sql`t.delete_protected`,
    besideJobs: new Set(['console', 'serial_console']),
    rules: {
      start: vm('RunVm'),
      stop: vm('StopVm'),
      shutdown: vm('ShutdownVm'),
      reboot: vm('RebootVm'),
      reset: vm('ResetVm'),
      suspend: vm('HibernateVm'),
      remove: vm('RemoveVm'),
      migrate: vmByTable('MigrateVm', 'migrate'),
      cancel_migration: vmByTable('CancelMigrateVm', 'cancel the migration of'),
      clone: vmByTable('CloneVm', 'clone'),
      export: ({ status }) => exportProblem(status as VmStatus),
      update: ({ status }) => (status === 'image_locked' ? wrongState('edit', status) : null),
      console: ({ status }) => consoleProblem(status as VmStatus),
      serial_console: ({ status }) => consoleProblem(status as VmStatus),
    },
  },
  template: {
    service: 'TemplateService',
    only: sql`t.entity_type = 'template'`,
    status: sql`t.template_status`,
    protected: sql`t.delete_protected`,
    rules: {
      update: template('UpdateVmTemplate', 'edit'),
      remove: template('RemoveVmTemplate', 'remove'),
      export: template('ExportVmTemplate', 'export'),
    },
  },
  host: {
    service: 'HostService',
    status: sql`(select s.status from host_state s where s.host_id = t.id)`,
    rules: {
      activate: host('ActivateVds'),
      deactivate: host('MaintenanceVds'),
      approve: host('ApproveVds'),
      refresh: host('RefreshHostCapabilities'),
      update: host('UpdateVds'),
      remove: host('RemoveVds'),
    },
  },
  storage_domain: {
    service: 'StorageDomainService',
    others: {
      activate: ['AttachedStorageDomainService', 'activate'],
      deactivate: ['AttachedStorageDomainService', 'deactivate'],
      detach: ['AttachedStorageDomainService', 'remove'],
    },
    status: sql`(select d.status from data_center_storage_domain d where d.storage_domain_id = t.id limit 1)`,
    owner: sql`(select d.data_center_id::text from data_center_storage_domain d where d.storage_domain_id = t.id limit 1)`,
    rules: {
      activate: storageDomain('ActivateStorageDomain', 'activate'),
      deactivate: storageDomain('DeactivateStorageDomainWithOvfUpdate', 'deactivate'),
      detach: storageDomain('DetachStorageDomainFromPool', 'detach'),
    },
  },
  disk: {
    service: 'DiskService',
    // A LUN that is well, and a template's disk, says so by what it is: not all that images allow is for them.
    status: sql`case when t.status <> 'ok' then t.status when t.storage_type = 'lun' then 'lun'
      when exists (select 1 from disk_attachment a join vm v on v.id = a.vm_id where a.disk_id = t.id and v.entity_type = 'template') then 'template'
      else t.status end`,
    rules: {
      update: disk('edit', ['locked', 'illegal']),
      copy: (row) => (row.status === 'template' ? furtherPlace() : imageOnly('copy')(row)),
      move: (row) =>
        row.status === 'template'
          ? refused('CANNOT_MOVE_DISK_TEMPLATE', { VAR_ACTION: 'move', VAR_TYPE: 'Virtual Disk' })
          : imageOnly('move')(row),
      sparsify: imageOnly('sparsify'),
      convert: imageOnly('convert'),
      reduce: imageOnly('reduce'),
      remove: disk('remove', ['locked']),
    },
  },
  cluster: { service: 'ClusterService', status: noStatus },
  data_center: { service: 'DataCenterService', status: noStatus },
  network: { service: 'NetworkService', status: noStatus },
  vnic_profile: { service: 'VnicProfileService', status: noStatus },
  mac_pool: { service: 'MacPoolService', status: noStatus },
  cpu_profile: { service: 'CpuProfileService', status: noStatus },
  disk_profile: { service: 'DiskProfileService', status: noStatus },
  affinity_label: { service: 'AffinityLabelService', status: noStatus },
  user: { service: 'UserService', status: noStatus },
  role: { service: 'RoleService', status: noStatus },
};
