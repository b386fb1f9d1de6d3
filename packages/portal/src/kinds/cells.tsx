import type { ReactNode } from 'react';
import { useNow } from '../app/clock.ts';
import { Meter } from '../app/meter.tsx';
import { Status } from '../app/status.tsx';
import { duration } from '../format/format.ts';
import type { Column } from '../grid/grid.tsx';
import { useStatistics } from '../live/statistics.ts';
import type { Text } from '../text/text.ts';
import type { Entity, Format, ValueDescription } from './kind.ts';
import { rawValue, sortValue, stringAt, textOf, valueAt } from './value.ts';
import type { NameOf } from './value.ts';

/** A value as a list or a table shows it. */
export function cellOf(description: ValueDescription, entity: Entity, text: Text, nameOf: NameOf): ReactNode {
  const raw = rawValue(description, entity);
  if (description.as === 'status' && typeof raw === 'string')
    return <Status value={raw} detail={description.detail === undefined ? undefined : stringAt(entity, description.detail)} />;
  if (description.as === 'since' && typeof raw === 'number') return <Since then={raw} />;
  const told = textOf(description, entity, text, nameOf);
  return description.meter === undefined ? (
    told
  ) : (
    <LiveMeter of={description.meter} entity={entity} label={text(description.label)} told={told ?? '—'} />
  );
}

function Since({ then }: { then: number }): ReactNode {
  return duration(useNow() - then);
}

function LiveMeter({
  of,
  entity,
  label,
  told,
}: {
  of: 'memory' | 'cpu' | 'network';
  entity: Entity;
  label: string;
  told: string;
}): ReactNode {
  const figures = useStatistics(entity.id ?? '');
  const running = !offStatuses.has(String(valueAt(entity, 'status')));
  const value = { memory: figures?.memoryPercent, cpu: figures?.cpuPercent, network: figures?.networkPercent }[of];
  // Of what is only measured the share itself is the text.
  return running && value !== undefined && of === 'network' ? (
    <Meter value={value} label={label} />
  ) : (
    <Meter value={running ? value : undefined} text={told} label={label} />
  );
}

/** What was measured before says nothing of what does not run. */
const offStatuses: ReadonlySet<string> = new Set(['down', 'suspended']);

const widths: Partial<Record<Format, number>> = {
  status: 130,
  bytes: 96,
  yesno: 90,
  number: 90,
  version: 90,
  percent: 80,
  date: 180,
  since: 90,
};

/** Columns of a grid; the first stays whatever the width, the later ones give way first. */
export function gridColumns(descriptions: readonly ValueDescription[], text: Text, nameOf: NameOf): Column<Entity>[] {
  return descriptions.map((description, index) => ({
    key: columnKey(description),
    label: text(description.label),
    minWidth: description.width ?? widths[description.as ?? 'text'] ?? 120,
    grow: index === 0 ? 2 : 1,
    priority: description.priority ?? index,
    strong: index === 0,
    value: (row) => sortValue(description, row, text, nameOf),
    cell: (row) => cellOf(description, row, text, nameOf) ?? '—',
  }));
}

/** How the address spells a column. */
export function columnKey(description: ValueDescription): string {
  return description.label.replace(/^.*\./, '');
}
