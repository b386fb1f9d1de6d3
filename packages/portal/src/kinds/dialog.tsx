import { useQuery } from '@tanstack/react-query';
import { Suspense } from 'react';
import type { ReactNode } from 'react';
import { client } from '../app/client.ts';
import { Confirmation } from '../app/confirmation.tsx';
import type { ListPlace } from '../app/list-place.ts';
import { tellDone, tellFailure } from '../faults/notices.tsx';
import { useEntity } from '../live/collections.ts';
import { useText } from '../text/text.ts';
import { collectionOf, refreshAfter } from './collection.ts';
import { nameOf } from './details.tsx';
import { FormDialog } from './form-dialog.tsx';
import type { ActionDescription, Entity, Kind, PartsDescription, Target } from './kind.ts';

/** Time to read again what another has changed. */
const rereadMs = 15_000;

interface KindDialogProps {
  kind: Kind;
  place: ListPlace;
}

/** The dialog that the address names: of an action with the kind, with the selected object, or with a part of it (`tab:action:part`). */
export function KindDialog(props: KindDialogProps): ReactNode {
  const { kind, place } = props;
  const [part = '', key = '', rowId = ''] = place.dialog.split(':');
  if (key !== '') {
    const parts = partsAt(kind, part);
    const action = [...(parts?.adds ?? []), ...(parts?.actions ?? [])].find((one) => one.key === key);
    if (parts === undefined || action === undefined || place.selectedId === undefined) return null;
    return <PartDialog {...props} action={action} parts={parts} ownerId={place.selectedId} rowId={rowId} />;
  }
  const add = kind.adds?.find((one) => one.key === part);
  if (add !== undefined)
    return <Asking {...props} action={add} target={{ id: '', entity: undefined, ownerId: '', owner: undefined }} name="" />;
  const action = kind.actions?.find((one) => one.key === part);
  if (action === undefined || place.selectedId === undefined) return null;
  return <ObjectDialog {...props} action={action} id={place.selectedId} />;
}

/** `storage`, or `qos.1` for the second table of a tab. */
export function partsAt(kind: Kind, place: string): PartsDescription | undefined {
  const [tab, index = '0'] = place.split('.');
  return kind.tabs.find((one) => one.key === tab)?.parts?.[Number(index)];
}

function ObjectDialog(props: KindDialogProps & { action: ActionDescription; id: string }): ReactNode {
  const { kind, id } = props;
  const query = useEntity(collectionOf(kind), id);
  const entity = query.data;
  // What a list tells of an object may be less than the whole: a form begins with the object's own answer.
  if (entity === undefined || query.isPlaceholderData) return null;
  return <Asking {...props} target={{ id, entity, ownerId: '', owner: undefined }} name={nameOf(kind, entity)} />;
}

function PartDialog(
  props: KindDialogProps & { action: ActionDescription; parts: PartsDescription; ownerId: string; rowId: string },
): ReactNode {
  const { kind, parts, ownerId, rowId } = props;
  const owner = useEntity(collectionOf(kind), ownerId).data;
  const rows = useQuery({
    queryKey: ['parts', kind.type, ownerId, parts.types.join(' '), `dialog ${props.place.dialog}`],
    queryFn: ({ signal }) => parts.list(client, { ...owner, id: ownerId }, signal),
    enabled: rowId !== '' && owner !== undefined,
  }).data;
  const row = rows?.find((one) => one.id === rowId);
  if (owner === undefined || (rowId !== '' && row === undefined)) return null;
  const name = row === undefined ? nameOf(kind, owner) : (parts.name?.(row) ?? row.name ?? rowId);
  return <Asking {...props} target={{ id: rowId, entity: row, ownerId, owner }} name={name} />;
}

function Asking({
  kind,
  place,
  action,
  target,
  name,
}: KindDialogProps & { action: ActionDescription; target: Target; name: string }): ReactNode {
  const text = useText();
  const done = (result?: unknown): void => {
    tellDone(name === '' ? text(action.label) : text('vms.sent', { action: text(action.label), name }));
    refreshAfter(kind, target.ownerId === '' ? target.id : target.ownerId);
    const made = target.id === '' && target.ownerId === '' ? (result as Entity | undefined)?.id : undefined;
    if (made !== undefined) place.onOpened({ id: made });
    else if (action.danger === true && target.ownerId === '') place.onClose();
    else place.onDialogClose();
  };
  const { dialog: Own } = action;
  if (Own !== undefined) {
    return (
      <Suspense fallback={null}>
        <Own target={target} name={name} pane={place.pane} onPane={place.onPane} onDone={done} onClose={place.onDialogClose} />
      </Suspense>
    );
  }
  if (action.form !== undefined) {
    return (
      <FormDialog
        action={action}
        form={action.form}
        target={target}
        name={name}
        {...(target.id === '' || target.ownerId !== '' ? {} : { reread: () => kind.one(client, target.id, AbortSignal.timeout(rereadMs)) })}
        pane={place.pane}
        onPane={place.onPane}
        onDone={done}
        onClose={place.onDialogClose}
      />
    );
  }
  if (action.confirm === undefined) return null;
  return (
    <Confirmation
      title={text(action.confirm.title, { name })}
      body={text(action.confirm.body, { name })}
      confirm={text(action.label)}
      onConfirm={() => {
        action.run(client, target, {}).then(done, (error: unknown) => tellFailure(error, name));
      }}
      onClose={place.onDialogClose}
    />
  );
}
