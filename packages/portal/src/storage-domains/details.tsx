import type { Disk } from '@virgate/contract/generated/types';
import type { ReactNode } from 'react';
import { client } from '../app/client.ts';
import { Details, DetailsMissing, Facts, Parts } from '../app/details.tsx';
import type { PartColumn } from '../app/details.tsx';
import { Status } from '../app/status.tsx';
import { bytes } from '../format/format.ts';
import { storageDomains, useEntity, useParts } from '../live/collections.ts';
import { useText, words } from '../text/text.ts';
import { domainStatus } from './list-page.tsx';

interface StorageDomainDetailsProps {
  id: string;
  tab: string;
  onTab: (tab: string) => void;
  onClose: () => void;
}

export function StorageDomainDetails({ id, tab, onTab, onClose }: StorageDomainDetailsProps): ReactNode {
  const text = useText();
  const query = useEntity(storageDomains, id);
  const domain = query.data;
  if (domain === undefined) return <DetailsMissing query={query} gone={text('domain.gone')} onClose={onClose} />;
  const facts = (
    <Facts
      rows={[
        [text('vm.field.description'), domain.description],
        [text('column.type'), [words(domain.type), domain.storage?.type].filter(Boolean).join(' / ')],
        [text('column.format'), domain.storage_format?.toUpperCase()],
        [text('domain.field.path'), [domain.storage?.address, domain.storage?.path].filter(Boolean).join(':')],
        [text('domain.field.master'), domain.master === undefined ? undefined : text(domain.master ? 'yes' : 'no')],
        [text('column.used'), bytes(domain.used)],
        [text('column.free'), bytes(domain.available)],
        [text('domain.field.committed'), bytes(domain.committed)],
        [text('vm.field.id'), domain.id],
      ]}
    />
  );
  return (
    <Details
      title={domain.name ?? id}
      status={<Status value={domainStatus(domain)} />}
      tab={tab}
      onTab={onTab}
      onClose={onClose}
      tabs={[
        { key: 'general', title: text('vm.tab.general'), body: facts },
        { key: 'disks', title: text('vm.tab.disks'), body: <DomainDisks domainId={id} /> },
      ]}
    />
  );
}

function DomainDisks({ domainId }: { domainId: string }): ReactNode {
  const text = useText();
  const query = useParts({ type: 'storage_domain', id: domainId }, ['disk'], 'disks', (signal) =>
    client.storageDomains.storageDomain(domainId).disks.list({}, { signal }),
  );
  const columns: PartColumn<Disk>[] = [
    { title: text('column.name'), cell: (disk) => disk.alias ?? disk.name },
    { title: text('column.status'), cell: (disk) => <Status value={disk.status} /> },
    { title: text('column.size'), cell: (disk) => bytes(disk.provisioned_size) },
    { title: text('column.actual'), cell: (disk) => bytes(disk.actual_size) },
    { title: text('column.format'), cell: (disk) => (disk.format === 'cow' ? 'qcow2' : disk.format) },
  ];
  return <Parts label={text('vm.tab.disks')} query={query} columns={columns} empty={text('vm.disks.empty')} />;
}
