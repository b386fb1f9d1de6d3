import type { Vm } from '@virgate/contract/generated/types';
import type { ReactNode } from 'react';
import { useNow } from '../app/clock.ts';
import { Meter } from '../app/meter.tsx';
import { Status } from '../app/status.tsx';
import { bytes, duration } from '../format/format.ts';
import type { Column } from '../grid/grid.tsx';
import { useStatistics } from '../live/statistics.ts';
import type { Text } from '../text/text.ts';
import { words } from '../text/text.ts';

type NameOf = (id: string | undefined) => string | undefined;

/** Addresses that the guest agent reported, IPv4 before IPv6, link-local ones left out. */
export function addressesOf(vm: Vm): string[] {
  const all = (vm.reported_devices ?? [])
    .flatMap((device) => device.ips ?? [])
    .filter((ip) => ip.address !== undefined && !/^fe80:/i.test(ip.address));
  return all.sort((a, b) => Number(a.version === 'v6') - Number(b.version === 'v6')).map((ip) => ip.address ?? '');
}

/** Virtual CPUs: sockets × cores × threads. */
export function cpuCount(vm: Vm): number | undefined {
  const topology = vm.cpu?.topology;
  return topology === undefined ? undefined : (topology.sockets ?? 1) * (topology.cores ?? 1) * (topology.threads ?? 1);
}

export function vmColumns(text: Text, hostName: NameOf, clusterName: NameOf): Column<Vm>[] {
  return [
    { key: 'name', label: text('column.name'), minWidth: 160, grow: 2.2, priority: 0, strong: true, value: (vm) => vm.name },
    {
      key: 'status',
      label: text('column.status'),
      minWidth: 130,
      grow: 1,
      priority: 1,
      value: (vm) => words(vm.status),
      cell: (vm) => <Status value={vm.status} detail={vm.status_detail} />,
    },
    { key: 'host', label: text('column.host'), minWidth: 110, grow: 1.2, priority: 3, value: (vm) => hostName(vm.host?.id) },
    {
      key: 'addresses',
      label: text('column.addresses'),
      minWidth: 130,
      grow: 1.3,
      priority: 2,
      value: (vm) => addressesOf(vm).join(', ') || undefined,
    },
    { key: 'fqdn', label: text('column.fqdn'), minWidth: 120, grow: 1.2, priority: 7, value: (vm) => vm.fqdn },
    { key: 'cluster', label: text('column.cluster'), minWidth: 100, grow: 1, priority: 8, value: (vm) => clusterName(vm.cluster?.id) },
    {
      key: 'memory',
      label: text('column.memory'),
      minWidth: 124,
      grow: 0.8,
      priority: 5,
      value: (vm) => vm.memory,
      cell: (vm) => <Usage vm={vm} of="memory" text={text} />,
    },
    {
      key: 'cpu',
      label: text('column.cpu'),
      minWidth: 124,
      grow: 0.8,
      priority: 6,
      value: cpuCount,
      cell: (vm) => <Usage vm={vm} of="cpu" text={text} />,
    },
    {
      key: 'uptime',
      label: text('column.uptime'),
      minWidth: 90,
      grow: 0.7,
      priority: 4,
      value: (vm) => (vm.start_time === undefined ? undefined : -vm.start_time),
      cell: (vm) => <Uptime vm={vm} />,
    },
  ];
}

function Usage({ vm, of, text }: { vm: Vm; of: 'memory' | 'cpu'; text: Text }): ReactNode {
  const figures = useStatistics(vm.id ?? '');
  const count = cpuCount(vm);
  const size = of === 'memory' ? bytes(vm.memory) : count === undefined ? '—' : text('vms.cpu.count', { count });
  const value = vm.status === 'down' ? undefined : of === 'memory' ? figures?.memoryPercent : figures?.cpuPercent;
  return <Meter value={value} text={size} label={text(of === 'memory' ? 'column.memory' : 'column.cpu')} />;
}

function Uptime({ vm }: { vm: Vm }): ReactNode {
  const now = useNow();
  if (vm.start_time === undefined || vm.status === 'down' || vm.status === 'suspended') return '—';
  return duration(now - vm.start_time);
}
