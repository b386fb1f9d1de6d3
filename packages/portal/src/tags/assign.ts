import type { Client } from '@virgate/sdk';
import type { ActionDescription, Entity, Reference } from '../kinds/kind.ts';
import { valueAt } from '../kinds/value.ts';

/** Tags that an object can have: all but the root, which only holds the others together. */
const assignable: Reference = {
  type: 'tag',
  list: (client, _, signal) => client.tags.list({}, { signal }),
  only: (tag) => valueAt(tag, 'parent.id') !== undefined,
};

type TagsOf = (client: Client, id: string) => Pick<ReturnType<Client['vms']['vm']>['tags'], 'add' | 'tag'>;

const idsOf = (tags: unknown): string[] => ((tags ?? []) as readonly Entity[]).flatMap((tag) => (tag.id === undefined ? [] : [tag.id]));

/** What has to be put on and taken off, so that an object has the tags that are wanted. */
export function tagChanges(now: readonly string[], wanted: readonly string[]): { on: string[]; off: string[] } {
  return { on: wanted.filter((id) => !now.includes(id)), off: now.filter((id) => !wanted.includes(id)) };
}

/**
 * Marks an object with tags, and takes off those that are no longer wanted. The object has to be read with its `tags` followed.
 * @param of the tags of one object
 */
export function assigningTags(of: TagsOf): ActionDescription {
  return {
    key: 'tags',
    label: 'action.assignTags',
    can: null,
    form: {
      title: 'tag.assign',
      edits: true,
      tabs: [
        {
          label: 'form.tab.general',
          fields: [
            {
              label: 'label.tags',
              path: 'tags',
              control: { kind: 'references', of: assignable },
              read: (entity) => idsOf(valueAt(entity, 'tags')),
            },
          ],
        },
      ],
    },
    run: async (client, target, body) => {
      const tags = of(client, target.id);
      const { on, off } = tagChanges(idsOf(valueAt(target.entity, 'tags')), idsOf(valueAt(body, 'tags')));
      for (const id of on) await tags.add({ id });
      for (const id of off) await tags.tag(id).remove();
    },
  };
}
