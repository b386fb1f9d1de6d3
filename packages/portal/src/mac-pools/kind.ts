import type { MacPool } from '@virgate/contract/generated/types';
import { adding, editing, removing } from '../kinds/actions.ts';
import { check, description, name } from '../kinds/fields.ts';
import type { FormDescription, Kind } from '../kinds/kind.ts';
import { permissionsTab } from '../permissions/parts.ts';

const ranges = (pool: MacPool): string[] => (pool.ranges ?? []).map(({ from = '', to = '' }) => `${from} - ${to}`);

const form: FormDescription = {
  title: 'macPool.new',
  dialog: 'SharedMacPoolPopupView',
  tabs: [
    {
      label: 'form.tab.general',
      fields: [
        name,
        description,
        check('label.allowDuplicates', 'allow_duplicates', { dialog: 'MacPoolWidget' }),
        {
          label: 'label.macRanges',
          path: 'ranges',
          dialog: 'SharedMacPoolPopupView MacPoolWidget',
          covers: 'macPoolWidget macRanges',
          control: { kind: 'lines' },
          need: true,
          hint: 'macPool.ranges.hint',
          read: (pool) => ranges(pool).join('\n'),
          write: (body, value) =>
            Object.assign(body, {
              ranges: String(value)
                .split('\n')
                .filter((line) => line.trim() !== '')
                .map((line) => {
                  const [from = '', to = ''] = line.split(/\s*-\s*/);
                  return { from: from.trim(), to: to.trim() };
                }),
            }),
        },
      ],
    },
  ],
};

/** Pools of MAC addresses that clusters give to interfaces. */
export const macPools: Kind = {
  page: 'macPools',
  path: '/mac-pools',
  type: 'mac_pool',
  title: 'macPools.title',
  empty: 'macPools.empty',
  searchable: false,
  list: (client, _, signal) => client.macPools.list({}, { signal }),
  one: (client, id, signal) => client.macPools.macPool(id).get({}, { signal }),
  columns: [
    { label: 'label.name', path: 'name', width: 160 },
    { label: 'label.description', path: 'description' },
    { label: 'label.allowDuplicates', path: 'allow_duplicates', as: 'yesno', width: 140 },
    { label: 'label.defaultPool', path: 'default_pool', as: 'yesno' },
    { label: 'label.macRanges', path: (pool) => ranges(pool), width: 320 },
  ],
  tabs: [
    {
      key: 'general',
      label: 'tab.general',
      facts: [
        { label: 'label.name', path: 'name' },
        { label: 'label.id', path: 'id' },
        { label: 'label.macRanges', path: (pool) => ranges(pool) },
      ],
    },
    permissionsTab((client, id) => client.macPools.macPool(id).permissions),
  ],
  adds: [adding(form, (client, _, body) => client.macPools.add(body), 'action.add')],
  actions: [
    editing({ ...form, title: 'macPool.edit', edits: true }, (client, target, body) => client.macPools.macPool(target.id).update(body)),
    removing('macPool.remove.body', (client, target) => client.macPools.macPool(target.id).remove()),
  ],
};
