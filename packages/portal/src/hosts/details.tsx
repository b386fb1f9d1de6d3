import { Button } from '@patternfly/react-core/dist/esm/components/Button/index.js';
import { Tooltip } from '@patternfly/react-core/dist/esm/components/Tooltip/index.js';
import type { Host, Vm } from '@virgate/contract/generated/types';
import type { ReactNode } from 'react';
import { Details, DetailsMissing, Facts, Parts } from '../app/details.tsx';
import type { PartColumn } from '../app/details.tsx';
import { Status } from '../app/status.tsx';
import { bytes } from '../format/format.ts';
import type { RowAction } from '../grid/row-actions.tsx';
import { clusters, hosts, useCollection, useEntity, useNames, vms } from '../live/collections.ts';
import { useText } from '../text/text.ts';
import { logicalCpus } from './list-page.tsx';

interface HostDetailsProps {
  id: string;
  tab: string;
  onTab: (tab: string) => void;
  onClose: () => void;
  actionsOf: (host: Host) => RowAction[];
}

export function HostDetails({ id, tab, onTab, onClose, actionsOf }: HostDetailsProps): ReactNode {
  const text = useText();
  const query = useEntity(hosts, id);
  const host = query.data;
  if (host === undefined) return <DetailsMissing query={query} gone={text('host.gone')} onClose={onClose} />;
  return (
    <Details
      title={host.name ?? id}
      status={<Status value={host.status} detail={host.status_detail} />}
      tab={tab}
      onTab={onTab}
      onClose={onClose}
      tools={actionsOf(host).map((action) => {
        const button = (
          <Button key={action.key} variant="tertiary" size="sm" isAriaDisabled={action.reason !== undefined} onClick={action.run}>
            {action.label}
          </Button>
        );
        return action.reason === undefined ? (
          button
        ) : (
          <Tooltip key={action.key} content={action.reason}>
            {button}
          </Tooltip>
        );
      })}
      tabs={[
        { key: 'general', title: text('vm.tab.general'), body: <HostFacts host={host} /> },
        { key: 'vms', title: text('column.vms'), body: <HostVms hostId={id} /> },
      ]}
    />
  );
}

function HostFacts({ host }: { host: Host }): ReactNode {
  const text = useText();
  const clusterName = useNames(clusters);
  const count = logicalCpus(host);
  return (
    <Facts
      rows={[
        [text('column.address'), host.address],
        [text('host.field.detail'), host.status_detail],
        [text('column.cluster'), clusterName(host.cluster?.id)],
        [
          text('host.field.cpu'),
          [host.cpu?.name, count === undefined ? undefined : text('host.field.topology', { count })].filter(Boolean).join(', '),
        ],
        [text('host.field.memory'), bytes(host.memory)],
        [
          text('column.vms'),
          host.summary === undefined
            ? undefined
            : text('host.field.active', { active: host.summary.active ?? 0, total: host.summary.total ?? 0 }),
        ],
        [text('host.field.os'), [host.os?.type, host.os?.version?.full_version].filter(Boolean).join(' ')],
        [text('host.field.version'), host.version?.full_version],
        [text('host.field.libvirt'), host.libvirt_version?.full_version],
        [text('vm.field.id'), host.id],
      ]}
    />
  );
}

function HostVms({ hostId }: { hostId: string }): ReactNode {
  const text = useText();
  const query = useCollection(vms);
  const columns: PartColumn<Vm>[] = [
    { title: text('column.name'), cell: (vm) => vm.name },
    { title: text('column.status'), cell: (vm) => <Status value={vm.status} /> },
    { title: text('column.memory'), cell: (vm) => bytes(vm.memory) },
  ];
  return (
    <Parts
      label={text('column.vms')}
      query={{ data: query.data?.filter((vm) => vm.host?.id === hostId), error: query.error }}
      columns={columns}
      empty={text('vms.empty')}
    />
  );
}
