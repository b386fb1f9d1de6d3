import { Alert } from '@patternfly/react-core/dist/esm/components/Alert/index.js';
import { Button } from '@patternfly/react-core/dist/esm/components/Button/index.js';
import { Tooltip } from '@patternfly/react-core/dist/esm/components/Tooltip/index.js';
import type { Vm } from '@virgate/contract/generated/types';
import { ApiFault } from '@virgate/sdk';
import type { AllowedAction } from '@virgate/sdk';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { client } from '../app/client.ts';
import { Details, DetailsMissing } from '../app/details.tsx';
import { Status } from '../app/status.tsx';
import type { RowAction } from '../grid/row-actions.tsx';
import { useEntity, vms } from '../live/collections.ts';
import { useText } from '../text/text.ts';
import { DisksTab, EventsTab, GuestTab, NicsTab, SnapshotsTab } from './details-tabs.tsx';
import { vmActions } from './actions.ts';
import { GeneralTab } from './general-tab.tsx';

interface VmDetailsProps {
  id: string;
  tab: string;
  onTab: (tab: string) => void;
  onClose: () => void;
  actionsOf: (vm: Vm, told?: readonly AllowedAction[]) => RowAction[];
}

/** One virtual machine: what can be done with it, and why not; what it is and has. */
export function VmDetails({ id, tab, onTab, onClose, actionsOf }: VmDetailsProps): ReactNode {
  const text = useText();
  const query = useEntity(vms, id);
  const told = useAllowedActions(query.data);
  const vm = query.data;
  if (vm === undefined) return <DetailsMissing query={query} gone={text('vms.gone')} onClose={onClose} />;
  return (
    <Details
      title={vm.name ?? id}
      status={<Status value={vm.status} detail={vm.status_detail} />}
      tab={tab}
      onTab={onTab}
      onClose={onClose}
      tools={actionsOf(vm, told).map((action) => (
        <ActionButton key={action.key} action={action} />
      ))}
      before={vm.next_run_configuration_exists === true && <Alert isInline isPlain variant="info" title={text('vm.nextrun')} />}
      tabs={[
        { key: 'general', title: text('vm.tab.general'), body: <GeneralTab vm={vm} /> },
        { key: 'disks', title: text('vm.tab.disks'), body: <DisksTab vmId={id} /> },
        { key: 'nics', title: text('vm.tab.nics'), body: <NicsTab vm={vm} /> },
        { key: 'snapshots', title: text('vm.tab.snapshots'), body: <SnapshotsTab vmId={id} /> },
        { key: 'guest', title: text('vm.tab.guest'), body: <GuestTab vm={vm} /> },
        { key: 'events', title: text('vm.tab.events'), body: <EventsTab vmId={id} name={vm.name} /> },
      ]}
    />
  );
}

/** A button that says why it is of no use, and stays reachable by key so that it can be asked. */
function ActionButton({ action }: { action: RowAction }): ReactNode {
  const button = (
    <Button
      variant={
        action.key === 'start' || action.key === 'console'
          ? 'secondary'
          : action.danger === true && action.reason === undefined
            ? 'danger'
            : 'tertiary'
      }
      size="sm"
      isAriaDisabled={action.reason !== undefined}
      onClick={action.run}
    >
      {action.label}
    </Button>
  );
  return action.reason === undefined ? button : <Tooltip content={action.reason}>{button}</Tooltip>;
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
