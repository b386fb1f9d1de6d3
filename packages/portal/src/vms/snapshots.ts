import type { Snapshot } from '@virgate/contract/generated/types';
import { adding } from '../kinds/actions.ts';
import { check, text } from '../kinds/fields.ts';
import type { PartsDescription } from '../kinds/kind.ts';

const is = (row: unknown, status: Snapshot['snapshot_status']): boolean => (row as Snapshot).snapshot_status === status;
const taken = (row: unknown): 'snapshot.reason.own' | undefined =>
  (row as Snapshot).snapshot_type === 'active' ? 'snapshot.reason.own' : undefined;

/** Snapshots of a virtual machine: taken, looked at, gone back to, or given up. */
export const snapshotsParts: PartsDescription = {
  types: ['disk', 'vm'],
  list: (client, owner, signal) => client.vms.vm(owner.id).snapshots.list({}, { signal }),
  name: (row) => (row as Snapshot).description ?? row.id ?? '',
  columns: [
    { label: 'label.description', path: 'description' },
    { label: 'label.date', path: 'date', as: 'date' },
    { label: 'label.status', path: 'snapshot_status', as: 'status' },
    { label: 'label.type', path: 'snapshot_type', as: 'words' },
    { label: 'label.memory', path: 'persist_memorystate', as: 'yesno' },
  ],
  empty: 'vm.snapshots.empty',
  adds: [
    adding(
      {
        title: 'snapshot.new',
        dialog: 'VmSnapshotCreatePopupWidget',
        tabs: [
          {
            label: 'form.tab.general',
            fields: [
              text('label.description', 'description', { need: true }),
              check('label.saveMemory', 'persist_memorystate', { initial: true }),
            ],
          },
        ],
      },
      (client, target, body) => client.vms.vm(target.ownerId).snapshots.add(body),
      'action.createSnapshot',
    ),
  ],
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
