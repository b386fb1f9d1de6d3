import type { Vm } from '@virgate/contract/generated/types';
import type { ReactNode } from 'react';
import { Facts } from '../app/details.tsx';
import { percent } from '../format/format.ts';
import { useStatistics } from '../live/statistics.ts';
import { useText } from '../text/text.ts';
import { addressesOf } from './columns.tsx';

/** What changes by the second, before what the description of the kind tells. */
export function GeneralTab({ vm }: { vm: Vm }): ReactNode {
  const text = useText();
  const figures = useStatistics(vm.id ?? '');
  const usage =
    figures !== undefined && vm.status === 'up'
      ? text('vm.field.usage.value', { cpu: percent(figures.cpuPercent), memory: percent(figures.memoryPercent) })
      : undefined;
  return (
    <Facts
      rows={[
        [text('vm.field.usage'), usage],
        [text('column.addresses'), addressesOf(vm).join(', ')],
      ]}
    />
  );
}
