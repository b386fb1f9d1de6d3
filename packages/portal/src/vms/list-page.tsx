import { Button } from '@patternfly/react-core/dist/esm/components/Button/index.js';
import { PlusCircleIcon } from '@patternfly/react-icons/dist/esm/icons/plus-circle-icon.js';
import { VirtualMachineIcon } from '@patternfly/react-icons/dist/esm/icons/virtual-machine-icon.js';
import type { Vm } from '@virgate/contract/generated/types';
import { lazy, Suspense, useCallback, useMemo } from 'react';
import type { ReactNode } from 'react';
import { client } from '../app/client.ts';
import { ListPage } from '../app/list-page.tsx';
import { useListPlace } from '../app/list-place.ts';
import { tellDone, tellFailure } from '../faults/notices.tsx';
import { refreshAfter } from '../kinds/collection.ts';
import { KindDialog } from '../kinds/dialog.tsx';
import type { ActionDescription } from '../kinds/kind.ts';
import { clusters, hosts, useCollection, useNames, vms } from '../live/collections.ts';
import { useAdministrator } from '../session/session.ts';
import { useText } from '../text/text.ts';
import { vmColumns } from './columns.tsx';
import { VmDetails } from './details.tsx';
import { vms as vmKind } from './kind.ts';
import { useVmActions } from './use-vm-actions.tsx';

const CreateVm = lazy(() => import('./create-dialog.tsx').then((module) => ({ default: module.CreateVmDialog })));

/** All virtual machines, as they are now; the selected one beside them. */
export function VmListPage(): ReactNode {
  const text = useText();
  const place = useListPlace('/vms', 'vmId', text('vms.title'), { column: 'name', descending: false });
  const query = useCollection(vms, place.search);
  const administrator = useAdministrator();
  const hostName = useNames(hosts, administrator);
  const clusterName = useNames(clusters);
  const { actionsOf, dialog } = useVmActions();
  const columns = useMemo(() => vmColumns(text, hostName, clusterName), [text, hostName, clusterName]);
  const nameOf = useCallback((vm: Vm) => vm.name ?? '', []);
  const actions = useCallback((vm: Vm) => actionsOf(vm), [actionsOf]);
  const { onDialog, onDialogClose, dialog: asked } = place;
  const act = useCallback(
    (action: ActionDescription, vm: Vm): void => {
      const id = vm.id ?? '';
      if (action.form !== undefined || action.confirm !== undefined || action.dialog !== undefined) return onDialog(action.key, id);
      action.run(client, { id, entity: vm, ownerId: '', owner: undefined }, {}).then(
        () => {
          tellDone(text('vms.sent', { action: text(action.label), name: vm.name ?? id }));
          refreshAfter(vmKind, id);
        },
        (error: unknown) => tellFailure(error, vm.name),
      );
    },
    [onDialog, text],
  );
  const quick = (
    <Button variant="primary" icon={<PlusCircleIcon aria-hidden />} onClick={() => onDialog('create')}>
      {text('vms.create')}
    </Button>
  );
  const create = (
    <>
      {quick}
      <Button variant="secondary" onClick={() => onDialog('add')}>
        {text('action.new')}
      </Button>
    </>
  );
  const [kindOfDialog, templateId] = asked.split(':');
  const selected = query.data?.find((vm) => vm.id === place.selectedId);
  return (
    <>
      <ListPage
        title={text('vms.title')}
        query={query}
        columns={columns}
        sort={place.sort}
        onSort={place.onSort}
        search={place.search}
        onSearch={place.onSearch}
        searchLabel={text('grid.search.vms')}
        onOpen={place.onOpen}
        selectedId={place.selectedId}
        nameOf={nameOf}
        actions={actions}
        toolbar={create}
        empty={{ icon: VirtualMachineIcon, title: text('vms.empty'), body: text('vms.empty.body'), action: quick }}
        panel={
          place.selectedId === undefined ? undefined : (
            <VmDetails
              key={place.selectedId}
              id={place.selectedId}
              tab={place.tab}
              onTab={place.onTab}
              onClose={place.onClose}
              actionsOf={actionsOf}
              onAction={act}
              onPartAction={(part, action, row) => onDialog(`${part}:${action.key}:${row?.id ?? ''}`)}
            />
          )
        }
        panelLabel={text('vms.details', { name: selected?.name ?? '' })}
      />
      {dialog}
      {kindOfDialog === 'create' ? (
        <Suspense fallback={null}>
          <CreateVm onClose={onDialogClose} {...(templateId === undefined ? {} : { templateId })} />
        </Suspense>
      ) : (
        asked !== '' && <KindDialog key={asked} kind={vmKind} place={place} />
      )}
    </>
  );
}
