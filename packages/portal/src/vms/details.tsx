import { Alert } from '@patternfly/react-core/dist/esm/components/Alert/index.js';
import type { Vm } from '@virgate/contract/generated/types';
import { ApiFault } from '@virgate/sdk';
import type { AllowedAction } from '@virgate/sdk';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { ActionButton } from '../app/action-button.tsx';
import { client } from '../app/client.ts';
import { Details, DetailsMissing } from '../app/details.tsx';
import { Status } from '../app/status.tsx';
import type { RowAction } from '../grid/row-actions.tsx';
import { useEntity, vms } from '../live/collections.ts';
import { useText } from '../text/text.ts';
import { TabBody } from '../kinds/details.tsx';
import { rowAction, useAllowed } from '../kinds/allowed.ts';
import type { ActionDescription } from '../kinds/kind.ts';
import { EventsTab, GuestTab } from './details-tabs.tsx';
import { vmActions } from './actions.ts';
import { GeneralTab } from './general-tab.tsx';
import { vms as vmKind } from './kind.ts';

interface VmDetailsProps {
  id: string;
  tab: string;
  onTab: (tab: string) => void;
  onClose: () => void;
  actionsOf: (vm: Vm, told?: readonly AllowedAction[]) => RowAction[];
  onAction: (action: ActionDescription, vm: Vm) => void;
  onPartAction: (place: string, action: ActionDescription, row: { id?: string } | undefined) => void;
}

const described = vmKind.actions ?? [];

/** One virtual machine: what can be done with it, and why not; what it is and has. */
export function VmDetails({ id, tab, onTab, onClose, actionsOf, onAction, onPartAction }: VmDetailsProps): ReactNode {
  const text = useText();
  const query = useEntity(vms, id);
  const told = useAllowedActions(query.data);
  const toldOfOthers = useAllowed('vm', id, described);
  const vm = query.data;
  if (vm === undefined) return <DetailsMissing query={query} gone={text('vms.gone')} onClose={onClose} />;
  return (
    <Details
      title={vm.name ?? id}
      status={<Status value={vm.status} detail={vm.status_detail} />}
      tab={tab}
      onTab={onTab}
      onClose={onClose}
      tools={[
        ...actionsOf(vm, told),
        ...described.map((action) => rowAction(action, vm, undefined, toldOfOthers, text, () => onAction(action, vm))),
      ].map((action) => (
        <ActionButton key={action.key} action={action} />
      ))}
      before={vm.next_run_configuration_exists === true && <Alert isInline isPlain variant="info" title={text('vm.nextrun')} />}
      tabs={[
        ...vmKind.tabs.map((one) => ({
          key: one.key,
          title: text(one.label),
          body: (
            <>
              {one.key === 'general' && <GeneralTab vm={vm} />}
              <TabBody kind={vmKind} tab={one} owner={{ ...vm, id }} onPartAction={onPartAction} />
            </>
          ),
        })),
        { key: 'guest', title: text('vm.tab.guest'), body: <GuestTab vm={vm} /> },
        { key: 'events', title: text('vm.tab.events'), body: <EventsTab vmId={id} name={vm.name} /> },
      ]}
    />
  );
}

/** What the engine says of each action. An engine that doesn't say leaves it to the table of statuses. */
function useAllowedActions(vm: Vm | undefined): AllowedAction[] | undefined {
  const id = vm?.id ?? '';
  // The status is part of the key: when it changes, the former answer must not be shown for a moment.
  const query = useQuery({
    queryKey: ['parts', 'vm', id, 'host', 'actions', vm?.status],
    queryFn: async ({ signal }) => {
      try {
        const [answer] = await client.virgate.can.get({ objects: [`vm:${id}`], actions: [...vmActions] }, { signal });
        return answer?.actions ?? [];
      } catch (error) {
        if (error instanceof ApiFault && (error.status === 404 || error.status === 501)) return [];
        throw error;
      }
    },
    enabled: id !== '',
  });
  return query.data;
}
