import { sql } from 'kysely';
import type { Vm } from '@virgate/contract/generated/types';
import type { Readable } from '../rest/listing.ts';
import { tail } from '../rest/listing.ts';
import type { Entity } from '../rest/operation.ts';
import { definitionOf, shownIcons, type VmRow } from './definition.ts';

interface StateRow {
  status: string;
  host_id: string | null;
  pause_code: string | null;
  stop_reason: string | null;
  started_at: number | null;
  stopped_at: number | null;
  run_once: boolean;
  guest: GuestFacts;
  has_illegal_images: boolean;
}

/** What the guest tells of itself, as kept in `vm_state.guest`. */
export interface GuestFacts {
  fqdn?: string;
  hostName?: string;
  osName?: string;
  osVersion?: string;
  osKernel?: string;
  osArchitecture?: string;
  osFamily?: string;
  timeZone?: string;
  timeZoneOffset?: string;
  user?: string;
  applications?: string[];
  interfaces?: { name: string; mac?: string; ipv4: string[]; ipv6: string[] }[];
}

function guestOf(guest: GuestFacts): Pick<Vm, 'fqdn' | 'guest_operating_system' | 'guest_time_zone'> {
  return {
    ...(guest.fqdn ? { fqdn: guest.fqdn } : {}),
    ...(guest.osName
      ? {
          guest_operating_system: {
            architecture: guest.osArchitecture ?? '',
            codename: '',
            distribution: guest.osName,
            family: guest.osFamily ?? 'Linux',
            kernel: { version: { full_version: guest.osKernel ?? '' } },
            version: { full_version: guest.osVersion ?? '' },
          },
        }
      : {}),
    ...(guest.timeZone ? { guest_time_zone: { name: guest.timeZone, utc_offset: guest.timeZoneOffset ?? '' } } : {}),
  };
}

function vmOf(row: VmRow & StateRow, filtered: boolean): Vm {
  const { placement_policy: placement, ...definition } = definitionOf(row);
  return {
    ...definition,
    ...shownIcons(row),
    ...guestOf(row.guest),
    ...(filtered ? {} : { placement_policy: placement }),
    status: row.status as Vm['status'],
    ...(row.status === 'paused' && row.pause_code ? { status_detail: row.pause_code } : {}),
    run_once: row.run_once,
    has_illegal_images: row.has_illegal_images,
    next_run_configuration_exists: false,
    stop_reason: row.stop_reason ?? '',
    ...(row.started_at === null ? {} : { start_time: row.started_at }),
    ...(row.stopped_at === null ? {} : { stop_time: row.stopped_at }),
    ...(row.template_id === null
      ? {}
      : { template: { id: row.template_id }, original_template: { id: row.original_template_id ?? row.template_id } }),
    ...(row.host_id === null || filtered ? {} : { host: { id: row.host_id } }),
  };
}

/** VMs: one statement, whatever their number. */
export const readableVms: Readable = {
  objectType: 'vm',
  only: sql<boolean>`t.entity_type = 'vm'`,
  order: sql`t.name, t.id`,
  search: 'vm',
  async read(context, selection) {
    const found = await sql<VmRow & StateRow>`
      select t.*, s.status, s.host_id, s.pause_code, s.stop_reason, s.started_at, s.stopped_at, s.run_once, s.guest,
        exists (select 1 from disk_attachment a join disk d on d.id = a.disk_id where a.vm_id = t.id and d.status = 'illegal') as has_illegal_images
      from vm t join vm_state s on s.vm_id = t.id where ${selection.condition} ${tail(selection)}`.execute(context.db);
    return found.rows.map((row) => vmOf(row, context.filtered) as Entity);
  },
};
