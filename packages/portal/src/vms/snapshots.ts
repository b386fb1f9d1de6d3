import type { Disk, DiskAttachment, Snapshot } from '@virgate/contract/generated/types';
import { adding } from '../kinds/actions.ts';
import { bytes } from '../format/format.ts';
import { check, reference, text } from '../kinds/fields.ts';
import type { Entity, FormDescription, PartsDescription, Reference } from '../kinds/kind.ts';
import { clusters, storageDomains } from '../kinds/references.ts';
import { cpuCount } from './summary.ts';

const is = (row: unknown, status: Snapshot['snapshot_status']): boolean => (row as Snapshot).snapshot_status === status;
const taken = (row: unknown): 'snapshot.reason.own' | undefined =>
  (row as Snapshot).snapshot_type === 'active' ? 'snapshot.reason.own' : undefined;

/** Disks of the virtual machine on whose page it is, or that it is about itself. */
const disksOfVm: Reference = {
  type: 'disk',
  key: (around) => around.ownerId || (around.entity?.id ?? ''),
  list: async (client, around, signal) => {
    const id = around.ownerId || (around.entity?.id ?? '');
    return id === '' ? [] : await client.vms.vm(id).diskAttachments.list({ follow: 'disk' }, { signal });
  },
  label: (option) => (option as DiskAttachment).disk?.alias ?? option.id ?? '',
};

/** Disks that the snapshot holds. */
const disksOfSnapshot: Reference = {
  type: 'disk',
  key: (around) => `snapshot ${around.entity?.id ?? ''}`,
  list: async (client, around, signal) => {
    const { id = '' } = around.entity ?? {};
    return around.ownerId === '' || id === '' ? [] : await client.vms.vm(around.ownerId).snapshots.snapshot(id).disks.list({}, { signal });
  },
  label: (option) => (option as Disk).alias ?? option.id ?? '',
};

/** A new snapshot, of all disks or of some. */
export const newSnapshot: FormDescription = {
  title: 'snapshot.new',
  dialog: 'VmSnapshotCreatePopupWidget',
  tabs: [
    {
      label: 'form.tab.general',
      fields: [
        text('label.description', 'description', { need: true }),
        {
          label: 'label.disksToInclude',
          path: 'disk_attachments',
          covers: 'disksTable',
          hint: 'snapshot.disks.hint',
          control: { kind: 'references', of: disksOfVm },
          write: (body, value) => Object.assign(body, { disk_attachments: (value as readonly string[]).map((id) => ({ disk: { id } })) }),
        },
        check('label.saveMemory', 'persist_memorystate', { initial: true }),
      ],
    },
  ],
};

/** `1 GiB, 512 MiB guaranteed, 2 vCPUs`, as far as the snapshot tells. */
function definition(row: Entity): string | undefined {
  const snapshot = row as Snapshot;
  const cpus = cpuCount(snapshot);
  const parts = [
    snapshot.memory === undefined ? undefined : bytes(snapshot.memory),
    snapshot.memory_policy?.guaranteed === undefined ? undefined : `${bytes(snapshot.memory_policy.guaranteed)} guaranteed`,
    cpus === undefined ? undefined : `${cpus} vCPUs`,
  ].filter((one) => one !== undefined);
  return parts.length === 0 ? undefined : parts.join(', ');
}

/** Snapshots of a virtual machine: taken, looked at, gone back to, or given up. */
export const snapshotsParts: PartsDescription = {
  types: ['disk', 'vm'],
  list: (client, owner, signal) => client.vms.vm(owner.id).snapshots.list({ follow: 'disks,nics' }, { signal }),
  name: (row) => (row as Snapshot).description ?? row.id ?? '',
  columns: [
    { label: 'label.description', path: 'description' },
    { label: 'label.date', path: 'date', as: 'date' },
    { label: 'label.status', path: 'snapshot_status', as: 'status', covers: ['(row) icon'] },
    { label: 'label.type', path: 'snapshot_type', as: 'words' },
    { label: 'label.memory', path: 'persist_memorystate', as: 'yesno' },
    { label: 'label.leaseOn', path: 'lease.storage_domain.id', of: storageDomains, covers: ['Lease'] },
    { label: 'label.definition', path: definition, covers: ['(expanded) General: defined and guaranteed memory, CPU cores'] },
    {
      label: 'label.disks',
      path: (row) => (row as Snapshot).disks?.map((disk) => `${disk.alias ?? disk.name ?? disk.id} (${bytes(disk.provisioned_size)})`),
    },
    { label: 'label.nics', path: (row) => (row as Snapshot).nics?.map((nic) => nic.name ?? '') },
  ],
  empty: 'vm.snapshots.empty',
  adds: [adding(newSnapshot, (client, target, body) => client.vms.vm(target.ownerId).snapshots.add(body), 'action.createSnapshot')],
  actions: [
    {
      key: 'preview',
      label: 'action.preview',
      can: null,
      reason: taken,
      form: {
        title: 'snapshot.preview',
        dialog: 'VmSnapshotPreviewPopupWidget',
        tabs: [{ label: 'form.tab.general', fields: [check('label.restoreMemory', 'restoreMemory', { covers: 'memoryEditor' })] }],
      },
      run: (client, target, body) =>
        client.vms
          .vm(target.ownerId)
          .previewSnapshot({ snapshot: { id: target.id }, restoreMemory: (body as { restoreMemory?: boolean }).restoreMemory === true }),
    },
    {
      key: 'preview-disks',
      label: 'action.previewDisks',
      covers: ['Custom...'],
      can: null,
      reason: taken,
      form: {
        title: 'snapshot.preview',
        dialog: 'VmSnapshotCustomPreviewPopupWidget',
        tabs: [
          {
            label: 'form.tab.general',
            fields: [
              {
                label: 'label.disks',
                path: 'disks',
                covers: 'previewTable',
                control: { kind: 'references', of: disksOfSnapshot },
                need: true,
              },
            ],
          },
        ],
      },
      run: (client, target, body) => {
        const wanted = (body as { disks?: readonly Entity[] }).disks ?? [];
        const disks = ((target.entity as Snapshot).disks ?? []).filter((disk) => wanted.some((one) => one.id === disk.id));
        return client.vms
          .vm(target.ownerId)
          .previewSnapshot({
            snapshot: { id: target.id },
            disks: disks.map(({ id = '', image_id: image }) => ({
              id,
              snapshot: { id: target.id },
              ...(image === undefined ? {} : { image_id: image }),
            })),
          });
      },
    },
    {
      key: 'undo',
      label: 'action.undo',
      can: null,
      reason: (row) => (is(row, 'in_preview') ? undefined : 'snapshot.reason.preview'),
      run: (client, target) => client.vms.vm(target.ownerId).undoSnapshot(),
    },
    {
      key: 'commit',
      label: 'action.commit',
      can: null,
      reason: (row) => (is(row, 'in_preview') ? undefined : 'snapshot.reason.preview'),
      confirm: { title: 'snapshot.commit.title', body: 'snapshot.commit.body' },
      run: (client, target) => client.vms.vm(target.ownerId).commitSnapshot(),
    },
    {
      key: 'clone',
      label: 'action.clone',
      can: null,
      reason: taken,
      form: {
        title: 'snapshot.clone',
        tabs: [
          {
            label: 'form.tab.general',
            fields: [text('label.cloneName', 'name', { need: true }), reference('label.cluster', 'cluster', clusters, { need: true })],
          },
        ],
      },
      run: (client, target, body) => client.vms.add({ ...body, snapshots: [{ id: target.id }] }),
    },
    {
      key: 'template',
      label: 'action.makeTemplate',
      can: null,
      reason: taken,
      form: {
        title: 'snapshot.template',
        tabs: [
          { label: 'form.tab.general', fields: [text('label.name', 'name', { need: true }), text('label.description', 'description')] },
        ],
      },
      run: (client, target, body) => client.templates.add({ ...body, vm: { id: target.ownerId, snapshots: [{ id: target.id }] } }),
    },
    {
      key: 'remove',
      label: 'action.delete',
      can: null,
      danger: true,
      reason: taken,
      confirm: { title: 'snapshot.remove.title', body: 'snapshot.remove.body' },
      run: (client, target) => client.vms.vm(target.ownerId).snapshots.snapshot(target.id).remove(),
    },
  ],
};
