import type { QosType } from '@virgate/contract/generated/types';
import type {
  ActionDescription,
  Entity,
  FieldDescription,
  FormDescription,
  PartsDescription,
  TabDescription,
  ValueDescription,
} from '../kinds/kind.ts';
import type { TextKey } from '../text/en.ts';

const limit = (label: TextKey, path: string, covers?: string): FieldDescription => ({
  label,
  path,
  control: { kind: 'number', min: 0 },
  ...(covers === undefined ? {} : { covers }),
});

interface QosKind {
  readonly type: QosType;
  readonly title: TextKey;
  readonly dialog: string;
  /** Dialogs of the contract's list that have the name. */
  readonly alsoIn: string;
  readonly fields: readonly FieldDescription[];
  readonly columns: readonly ValueDescription[];
}

const network = [
  limit('label.inboundAverage', 'inbound_average', 'inboundEnabled inboundAverageEditor'),
  limit('label.inboundPeak', 'inbound_peak'),
  limit('label.inboundBurst', 'inbound_burst'),
  limit('label.outboundAverage', 'outbound_average', 'outboundEnabled outboundAverageEditor'),
  limit('label.outboundPeak', 'outbound_peak'),
  limit('label.outboundBurst', 'outbound_burst'),
];
const hostNetwork = [
  limit('label.weightedShare', 'outbound_average_linkshare'),
  limit('label.rateLimit', 'outbound_average_upperlimit'),
  limit('label.committedRate', 'outbound_average_realtime'),
];
/** A storage limit is one in all, or one each for reading and writing: the engine refuses both at once and says so. */
const storage = [
  limit('label.throughputTotal', 'max_throughput', 'throughputTotalRadioButton throughputTotalEditor throughputNoneRadioButton'),
  limit('label.throughputRead', 'max_read_throughput', 'throughputReadWriteRadioButton throughputReadEditor'),
  limit('label.throughputWrite', 'max_write_throughput', 'throughputWriteEditor'),
  limit('label.iopsTotal', 'max_iops', 'iopsTotalRadioButton iopsTotalEditor iopsNoneRadioButton'),
  limit('label.iopsRead', 'max_read_iops', 'iopsReadWriteRadioButton iopsReadEditor'),
  limit('label.iopsWrite', 'max_write_iops', 'iopsWriteEditor'),
];
const cpu: FieldDescription[] = [
  {
    label: 'label.limitPercent',
    path: 'cpu_limit',
    control: { kind: 'number', min: 1, max: 100 },
    covers: 'cpuLimitEditor',
    dialog: 'CpuQosWidget CpuQosPopupView',
  },
];

const column = ({ label, path }: FieldDescription): ValueDescription => ({ label, path, as: 'number' });

/** The four kinds of quality of service that a data center has. */
export const qosKinds: readonly QosKind[] = [
  {
    type: 'storage',
    title: 'qos.storage',
    dialog: 'StorageQosWidget',
    alsoIn: 'QosPopupView',
    fields: storage,
    columns: storage.map(column),
  },
  {
    type: 'network',
    title: 'qos.network',
    dialog: 'NetworkQosWidget',
    alsoIn: 'QosPopupView NetworkQoSPopupView',
    fields: network,
    columns: network.map(column),
  },
  {
    type: 'hostnetwork',
    title: 'qos.hostNetwork',
    dialog: 'HostNetworkQosWidget',
    alsoIn: 'QosPopupView',
    fields: hostNetwork,
    columns: hostNetwork.map(column),
  },
  { type: 'cpu', title: 'qos.cpu', dialog: 'CpuQosWidget', alsoIn: 'QosPopupView CpuQosPopupView', fields: cpu, columns: cpu.map(column) },
];

function formOf(kind: QosKind, edits: boolean): FormDescription {
  const fields: FieldDescription[] = [
    { label: 'label.qosName', path: 'name', control: { kind: 'text' }, need: true, covers: 'nameEditor', dialog: kind.alsoIn },
    { label: 'label.description', path: 'description', control: { kind: 'text' }, dialog: kind.alsoIn },
    ...kind.fields,
  ];
  return {
    title: edits ? 'qos.edit' : 'qos.new',
    dialog: kind.dialog,
    tabs: [{ label: kind.title, fields }],
    ...(edits ? { edits: true } : {}),
  };
}

/** The columns of a table as the contract's list tells them, in one. */
const listed: Readonly<Record<QosType, string>> = {
  storage: '(Storage) QoS Name, Description, Throughput total/read/write, IOps total/read/write',
  network: '(VM Network) Name, In Average/Peak/Burst, Out Average/Peak/Burst',
  hostnetwork: '(Host Network) Name, Description, Out Share, Out Limit, Out Committed',
  cpu: '(CPU) Name, Description, Limit %',
};

function partsOf(kind: QosKind): PartsDescription {
  const add: ActionDescription = {
    key: 'add',
    label: 'action.new',
    form: formOf(kind, false),
    run: (client, target, body) => client.dataCenters.dataCenter(target.ownerId).qoss.add({ ...body, type: kind.type }),
  };
  const edit: ActionDescription = {
    key: 'edit',
    label: 'action.edit',
    can: null,
    form: formOf(kind, true),
    run: (client, target, body) =>
      client.dataCenters
        .dataCenter(target.ownerId)
        .qoss.qos(target.id)
        .update({ ...body, type: kind.type }),
  };
  const remove: ActionDescription = {
    key: 'remove',
    label: 'action.remove',
    can: null,
    danger: true,
    confirm: { title: 'remove.title', body: 'qos.remove.body' },
    run: (client, target) => client.dataCenters.dataCenter(target.ownerId).qoss.qos(target.id).remove(),
  };
  return {
    title: kind.title,
    types: ['qos'],
    list: async (client, owner, signal) =>
      (await client.dataCenters.dataCenter(owner.id).qoss.list({}, { signal })).filter((one) => one.type === kind.type),
    columns: [
      { label: 'label.qosName', path: 'name', covers: [listed[kind.type]] },
      { label: 'label.description', path: 'description' },
      ...kind.columns,
    ],
    empty: 'qos.empty',
    adds: [add],
    actions: [edit, remove],
  };
}

/** Quality of service of a data center: one table for each of its four kinds. */
export const qosTab: TabDescription = { key: 'qos', label: 'tab.qos', parts: qosKinds.map(partsOf) };

/** Qualities of service of one kind in a data center, as options; `dataCenterOf` tells which, from the form's values. */
export function isOfType(type: QosType): (option: Entity) => boolean {
  return (option) => (option as { type?: QosType }).type === type;
}
