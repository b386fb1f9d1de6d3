import { operatingSystems } from '@virgate/contract/generated/osinfo';
import { sql, type RawBuilder } from 'kysely';

/** Statuses as the warehouse folds them, by the API's names; others are unknown. Source: data warehouse, status mapping. */
export const foldedStatuses = {
  vm: {
    down: 0,
    image_locked: 0,
    wait_for_launch: 0,
    up: 1,
    powering_up: 1,
    powering_down: 1,
    migrating: 1,
    reboot_in_progress: 1,
    saving_state: 1,
    restoring_state: 1,
    paused: 2,
    suspended: 2,
    image_illegal: 3,
    unknown: 3,
    not_responding: 3,
  },
  host: {
    up: 1,
    reboot: 1,
    initializing: 1,
    preparing_for_maintenance: 1,
    maintenance: 2,
    installing: 2,
    pending_approval: 2,
    error: 3,
    non_operational: 3,
    non_responsive: 3,
    install_failed: 3,
    down: 3,
    connecting: 3,
  },
  disk: { ok: 1, locked: 2, illegal: 4 },
} as const satisfies Record<string, Record<string, number>>;

/** Codes of words, as the engine's enumerations number them. Source: engine enumerations. */
export const codes = {
  operatingSystem: Object.fromEntries(operatingSystems.map(({ os, id }) => [os, id])),
  storageDomainType: { data: 1, iso: 2, export: 3, image: 4, volume: 5, managed_block_storage: 7 },
  storageType: { nfs: 1, fcp: 2, iscsi: 3, localfs: 4, posixfs: 6, glusterfs: 7, glance: 8, cinder: 9, managed_block_storage: 10 },
  diskFormat: { cow: 4, raw: 5 },
  diskInterface: { ide: 0, virtio_scsi: 1, virtio: 2, spapr_vscsi: 3, sata: 4 },
  nicInterface: { rtl8139_virtio: 0, rtl8139: 1, e1000: 2, virtio: 3, spapr_vlan: 4, pci_passthrough: 5, e1000e: 6 },
  vmType: { desktop: 0, server: 1, high_performance: 2 },
} satisfies Record<string, Record<string, number>>;

const unknown = -1;

/** SQL that turns a word into its number; others become unknown. */
export const numbered = (value: RawBuilder<unknown>, numbers: Readonly<Record<string, number>>): RawBuilder<number> =>
  sql<number>`coalesce((${sql.lit(JSON.stringify(numbers))}::jsonb ->> (${value}))::int, ${sql.lit(unknown)})`;
