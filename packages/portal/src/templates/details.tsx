import type { DiskAttachment, Nic } from '@virgate/contract/generated/types';
import type { ReactNode } from 'react';
import { client } from '../app/client.ts';
import { Details, DetailsMissing, Facts, Parts } from '../app/details.tsx';
import type { PartColumn } from '../app/details.tsx';
import { Status } from '../app/status.tsx';
import { bytes, dateTime } from '../format/format.ts';
import { clusters, templates, useEntity, useNames, useParts, vnicProfiles } from '../live/collections.ts';
import { useText, words } from '../text/text.ts';

interface TemplateDetailsProps {
  id: string;
  tab: string;
  onTab: (tab: string) => void;
  onClose: () => void;
}

export function TemplateDetails({ id, tab, onTab, onClose }: TemplateDetailsProps): ReactNode {
  const text = useText();
  const query = useEntity(templates, id);
  const clusterName = useNames(clusters);
  const template = query.data;
  if (template === undefined) return <DetailsMissing query={query} gone={text('template.gone')} onClose={onClose} />;
  const { sockets = 1, cores = 1, threads = 1 } = template.cpu?.topology ?? {};
  const facts = (
    <Facts
      rows={[
        [text('vm.field.description'), template.description],
        [text('column.cluster'), clusterName(template.cluster?.id)],
        [text('vm.field.os'), words(template.os?.type)],
        [text('vm.field.memory'), bytes(template.memory)],
        [text('vm.field.cores'), text('vm.field.topology', { sockets, cores, threads })],
        [text('vm.field.created'), dateTime(template.creation_time)],
        [text('vm.field.id'), template.id],
      ]}
    />
  );
  return (
    <Details
      title={template.name ?? id}
      status={<Status value={template.status} />}
      tab={tab}
      onTab={onTab}
      onClose={onClose}
      tabs={[
        { key: 'general', title: text('vm.tab.general'), body: facts },
        { key: 'disks', title: text('vm.tab.disks'), body: <TemplateDisks templateId={id} /> },
        { key: 'nics', title: text('vm.tab.nics'), body: <TemplateNics templateId={id} /> },
      ]}
    />
  );
}

function TemplateDisks({ templateId }: { templateId: string }): ReactNode {
  const text = useText();
  const query = useParts({ type: 'template', id: templateId }, ['disk'], 'disks', (signal) =>
    client.templates.template(templateId).diskAttachments.list({ follow: 'disk' }, { signal }),
  );
  const columns: PartColumn<DiskAttachment>[] = [
    { title: text('column.name'), cell: (one) => one.disk?.alias ?? one.disk?.name ?? one.id },
    { title: text('column.status'), cell: (one) => <Status value={one.disk?.status} /> },
    { title: text('column.size'), cell: (one) => bytes(one.disk?.provisioned_size) },
    { title: text('column.actual'), cell: (one) => bytes(one.disk?.actual_size) },
  ];
  return <Parts label={text('vm.tab.disks')} query={query} columns={columns} empty={text('vm.disks.empty')} />;
}

function TemplateNics({ templateId }: { templateId: string }): ReactNode {
  const text = useText();
  const profileName = useNames(vnicProfiles);
  const query = useParts({ type: 'template', id: templateId }, ['nic'], 'nic list', (signal) =>
    client.templates.template(templateId).nics.list({}, { signal }),
  );
  const columns: PartColumn<Nic>[] = [
    { title: text('column.name'), cell: (nic) => nic.name },
    { title: text('column.profile'), cell: (nic) => profileName(nic.vnic_profile?.id) ?? text('vm.profile.none') },
    { title: text('column.interface'), cell: (nic) => words(nic.interface) },
  ];
  return <Parts label={text('vm.tab.nics')} query={query} columns={columns} empty={text('vm.nics.empty')} />;
}
