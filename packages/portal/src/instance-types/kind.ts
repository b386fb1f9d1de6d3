import { adding, editing, removing } from '../kinds/actions.ts';
import type { Kind } from '../kinds/kind.ts';
import { editInstanceType, newInstanceType } from '../vms/form.ts';

/** Instance types: sizes that virtual machines are made with. */
export const instanceTypes: Kind = {
  page: 'instanceTypes',
  path: '/instance-types',
  type: 'instance_type',
  title: 'instanceTypes.title',
  empty: 'instanceTypes.empty',
  searchable: true,
  unasked: true,
  list: (client, search, signal) => client.instanceTypes.list(search === '' ? {} : { search }, { signal }),
  one: (client, id, signal) => client.instanceTypes.instanceType(id).get({}, { signal }),
  columns: [
    { label: 'label.name', path: 'name', width: 200 },
    { label: 'label.memory', path: 'memory', as: 'bytes' },
    { label: 'label.sockets', path: 'cpu.topology.sockets', as: 'number' },
    { label: 'label.coresPerSocket', path: 'cpu.topology.cores', as: 'number', width: 130 },
    { label: 'label.description', path: 'description', width: 320 },
  ],
  tabs: [
    {
      key: 'general',
      label: 'tab.general',
      facts: [
        { label: 'label.name', path: 'name' },
        { label: 'label.description', path: 'description' },
        { label: 'label.definedMemory', path: 'memory', as: 'bytes' },
        { label: 'label.highlyAvailable', path: 'high_availability.enabled', as: 'yesno' },
        { label: 'label.id', path: 'id' },
      ],
    },
  ],
  adds: [adding(newInstanceType, (client, _, body) => client.instanceTypes.add(body))],
  actions: [
    editing(editInstanceType, (client, target, body) => client.instanceTypes.instanceType(target.id).update(body), null),
    removing('instanceType.remove.body', (client, target) => client.instanceTypes.instanceType(target.id).remove(), null),
  ],
};
