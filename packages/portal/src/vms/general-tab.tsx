import type { Vm } from '@virgate/contract/generated/types';
import type { ReactNode } from 'react';
import { Facts } from '../app/details.tsx';
import { bytes, dateTime, percent } from '../format/format.ts';
import { clusters, hosts, templates, useNames } from '../live/collections.ts';
import { useStatistics } from '../live/statistics.ts';
import { useAdministrator } from '../session/session.ts';
import { useText, words } from '../text/text.ts';
import { addressesOf, cpuCount } from './columns.tsx';

export function GeneralTab({ vm }: { vm: Vm }): ReactNode {
  const text = useText();
  const hostName = useNames(hosts, useAdministrator());
  const clusterName = useNames(clusters);
  const templateName = useNames(templates);
  const figures = useStatistics(vm.id ?? '');
  const { sockets = 1, cores = 1, threads = 1 } = vm.cpu?.topology ?? {};
  const count = cpuCount(vm);
  const yesNo = (value: boolean | undefined): string | undefined => (value === undefined ? undefined : text(value ? 'yes' : 'no'));
  return (
    <Facts
      rows={[
        [text('vm.field.description'), vm.description],
        [text('column.host'), hostName(vm.host?.id)],
        [text('column.addresses'), addressesOf(vm).join(', ')],
        [text('column.fqdn'), vm.fqdn],
        [
          text('vm.field.usage'),
          figures !== undefined && vm.status === 'up'
            ? text('vm.field.usage.value', { cpu: percent(figures.cpuPercent), memory: percent(figures.memoryPercent) })
            : undefined,
        ],
        [text('column.cluster'), clusterName(vm.cluster?.id)],
        [text('vm.field.template'), templateName(vm.template?.id)],
        [text('vm.field.os'), vm.os?.type === undefined ? undefined : words(vm.os.type)],
        [text('vm.field.firmware'), vm.bios?.type === undefined ? undefined : words(vm.bios.type)],
        [text('vm.field.optimized'), vm.type === undefined ? undefined : words(vm.type)],
        [text('vm.field.memory'), bytes(vm.memory)],
        [text('vm.field.guaranteed'), vm.memory_policy?.guaranteed === undefined ? undefined : bytes(vm.memory_policy.guaranteed)],
        [text('vm.field.cores'), count === undefined ? undefined : `${count} (${text('vm.field.topology', { sockets, cores, threads })})`],
        [text('vm.field.ha'), yesNo(vm.high_availability?.enabled)],
        [text('vm.field.protected'), yesNo(vm.delete_protected)],
        [text('vm.field.stopreason'), vm.stop_reason],
        [text('vm.field.started'), vm.start_time === undefined || vm.status === 'down' ? undefined : dateTime(vm.start_time)],
        [text('vm.field.created'), dateTime(vm.creation_time)],
        [text('vm.field.id'), vm.id],
      ]}
    />
  );
}
